//go:build tools

// Package helmunittest pins the program that runs the charts' test suites, with the Helm that ../helm pins.
package helmunittest

import _ "github.com/helm-unittest/helm-unittest/cmd/helm-unittest"
