//go:build tools

// Package flux pins the two Flux controllers that the test of deploy/previews/flux runs.
package flux

import (
	_ "github.com/fluxcd/kustomize-controller"
	_ "github.com/fluxcd/source-controller"
)
