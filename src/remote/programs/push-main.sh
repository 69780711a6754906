: "${pushed=}"
open_target
if [ "$in_drop" ]; then rm -rf ".igor/host/stage/$in_stage"; else push_tree; fi
[ -z "$pushed" ] || release
