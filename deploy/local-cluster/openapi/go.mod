module pgrok.io/local-cluster/openapi

go 1.24.0

require k8s.io/kubernetes v1.29.6
