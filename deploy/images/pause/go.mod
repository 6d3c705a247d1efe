module pgrok.io/images/pause

go 1.24
