module pgrok.io/images/hello

go 1.24
