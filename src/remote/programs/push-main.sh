open_target
push_tree || :
