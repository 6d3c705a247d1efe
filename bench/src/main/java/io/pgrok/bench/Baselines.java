package io.pgrok.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** No tunnels: what there is to lose, and what there is to reach. */
final class Baselines {

  private Baselines() {}

  /** No tunnel. */
  record Direct() implements Peer {
    @Override
    public String name() {
      return "direct";
    }

    @Override
    public Optional<Pair> start(Setup setup) {
      String url = "http://127.0.0.1:" + setup.origin();
      return Optional.of(new Pair(null, null, url, null, Setup.HOST, url));
    }
  }

  /** The topology of a tunnel: by Host to a kept-alive TLS connection to the far side. */
  record TwoNginx() implements Peer {
    @Override
    public String name() {
      return "two nginx hops";
    }

    @Override
    public Optional<Pair> start(Setup setup) throws IOException, InterruptedException {
      Optional<List<String>> nginx = setup.tools().find("nginx");
      if (nginx.isEmpty()) {
        return Optional.empty();
      }
      int far = Setup.freePort();
      Program client =
          setup.nginx(
              nginx.get(),
              "nginx-far",
              far,
              """
              upstream service { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; }
              server {
                listen 127.0.0.1:%d ssl;
                ssl_certificate %s;
                ssl_certificate_key %s;
                location / { proxy_pass http://service; }
              }
              """
                  .formatted(setup.origin(), far, setup.certificate(), setup.key()));
      int edge = Setup.freePort();
      int edgeTls = Setup.freePort();
      Program server =
          setup.nginx(
              nginx.get(),
              "nginx-edge",
              edge,
              """
              upstream far { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; }
              server { listen 127.0.0.1:%d default_server; return 404; }
              server {
                listen 127.0.0.1:%2$d;
                listen 127.0.0.1:%d ssl http2;
                ssl_certificate %s;
                ssl_certificate_key %s;
                server_name %s;
                location / {
                  proxy_pass https://far;
                  proxy_ssl_session_reuse on;
                  # Headers that are set here keep those of the level above from being inherited.
                  proxy_set_header Connection "";
                  proxy_set_header Host $host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                }
              }
              """
                  .formatted(
                      setup.link().through(far),
                      edge,
                      edgeTls,
                      setup.certificate(),
                      setup.key(),
                      Setup.HOST));
      String url = "http://127.0.0.1:" + edge;
      return Optional.of(
          new Pair(server, client, url, "https://127.0.0.1:" + edgeTls, Setup.HOST, url));
    }
  }
}
