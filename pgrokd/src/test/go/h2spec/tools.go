//go:build tools

// Package tools pins what the tests build with `go build`.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"
