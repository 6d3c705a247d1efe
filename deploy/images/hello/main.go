// Command hello is the sample web application of the examples and the private service of the tests.
//
//	/             a page that names the host (in Kubernetes: the pod) which answered
//	/headers      the request line and headers as they arrived
//	/echo         the request's body, streamed back while it arrives
//	/bytes/N      N bytes
//	/slow/D       answers after the duration D, such as 500ms
//	/healthz      200
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<title>Hello from {{.Host}}</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Hello from {{.Host}}</h1>
<p>{{.Message}}</p>
<p>You asked for <code>{{.URL}}</code>.</p>
</html>
`))

func main() {
	listen := flag.String("listen", ":8080", "address to listen on; port 0 takes a free one")
	message := flag.String("message", "This page is served by a private service.", "a sentence for the page")
	lifetime := flag.Duration("for", 0, "end after this time, such as 30s, as a Job's container does; 0 for never")
	flag.Parse()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("hello: listening on %s", listener.Addr())
	server := &http.Server{Handler: routes(*message), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		if *lifetime > 0 {
			stopped, stop = context.WithTimeout(stopped, *lifetime)
			defer stop()
		}
		<-stopped.Done()
		// A pod that is told to stop still gets requests for a moment: finish them.
		graceful, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(graceful)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	// Serve returns at once, the requests under way do not.
	<-ended
}

func routes(message string) http.Handler {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	mux := http.NewServeMux()
	// Whatever the path: behind an Ingress it is not always the first one.
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, map[string]string{"Host": host, "Message": message, "URL": "http://" + r.Host + r.URL.Path})
	})
	mux.HandleFunc("GET /headers", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s\nHost: %s\n", r.Method, r.URL, r.Proto, r.Host)
		_ = r.Header.Write(w)
	})
	mux.HandleFunc("POST /echo", echo)
	mux.HandleFunc("GET /bytes/{count}", bytes)
	mux.HandleFunc("GET /slow/{duration}", slow)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

func echo(w http.ResponseWriter, r *http.Request) {
	if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = io.Copy(w, r.Body)
}

func bytes(w http.ResponseWriter, r *http.Request) {
	count, err := strconv.ParseInt(r.PathValue("count"), 10, 64)
	if err != nil || count < 0 {
		http.Error(w, "want /bytes/N with N a number of bytes, such as /bytes/1000", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(count, 10))
	_, _ = io.CopyN(w, zeros{}, count)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func slow(w http.ResponseWriter, r *http.Request) {
	duration, err := time.ParseDuration(r.PathValue("duration"))
	if err != nil || duration < 0 || duration > time.Minute {
		http.Error(w, "want /slow/D with D a duration of at most 1m, such as /slow/500ms", http.StatusBadRequest)
		return
	}
	select {
	case <-time.After(duration):
		fmt.Fprintf(w, "waited %s\n", duration)
	case <-r.Context().Done():
	}
}
