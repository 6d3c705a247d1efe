//go:build tools

// Package helm pins the program that the local cluster is built from.
package helm

import _ "helm.sh/helm/v3/cmd/helm"
