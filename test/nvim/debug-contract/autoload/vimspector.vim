" What igor relies on of vimspector: configurations in a variable, and this function, which is silent about names that
" are not there.
function! vimspector#LaunchWithSettings(settings) abort
  let g:launched = get(g:vimspector_configurations, a:settings.configuration, {})
endfunction
