package io.pgrok.agent.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.gateway.ServiceDialer;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.inspect.Limits;
import io.pgrok.agent.inspect.Origin;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A private service, a door to it with the inspector in between, and the inspector's server. */
public final class InspectedService implements AutoCloseable, TunnelControl {

  /** A request as the private service got it. */
  public record Got(String method, String path, String contentType, String body) {}

  /** What the service says to everything. */
  public record Says(int status, String type, byte[] body, @Nullable String encoding) {}

  private final Network network = Network.open();
  private final HttpServer service;
  private final Channel door;
  private final ApiServer server;
  private final Captures captures;
  private final List<Got> got = new CopyOnWriteArrayList<>();
  final List<TunnelSpec> opened = new CopyOnWriteArrayList<>();
  private volatile Says says = new Says(200, "application/json", "{\"ok\":true}".getBytes(), null);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public InspectedService(Limits limits) throws Exception {
    captures = new Captures(limits);
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    service.createContext("/", this::answer);
    service.start();
    StatusBoard board = new StatusBoard("1.2");
    door = open(new Inspector(captures, true, () -> {}));
    board.publish(
        new AgentStatus.Session(
            "test",
            "tunnels.example.com:4443",
            SessionState.ONLINE,
            null,
            List.of(
                new AgentStatus.Tunnel(
                    "shop", null, TunnelState.ONLINE, List.of("https://shop.example.com"), null))));
    server =
        ApiServer.start(
            captures, this, board, new Traffic(), network, new HostPort("127.0.0.1", 41_400));
  }

  private Channel open(Inspector inspector) throws InterruptedException {
    ServiceDialer dialer = new ServiceDialer(new Dialer(network));
    PrivateAddress address =
        PrivateAddress.plain(new HostPort("127.0.0.1", service.getAddress().getPort()));
    return network
        .server()
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel visitor) {
                EventLoop loop = visitor.eventLoop();
                Origin origin =
                    new Origin(
                        "shop",
                        "https://shop.example.com",
                        "192.0.2.1:5000",
                        address.toString(),
                        loop,
                        stream -> join(dialer, address, loop, stream));
                join(
                    dialer,
                    address,
                    loop,
                    requireNonNull(inspector.visit(ChannelStream.over(visitor), null, origin)));
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }

  private static void join(
      ServiceDialer dialer, PrivateAddress address, EventLoop loop, ByteStream visitor) {
    dialer
        .dial(address, Upstream.PLAIN, new ServiceDialer.Visitor("192.0.2.1:5000", 443), loop)
        .addListener((Future<Channel> dialled) ->
            Relay.join(visitor, ChannelStream.over(Objects.requireNonNull(dialled.getNow()))));
  }

  private void answer(HttpExchange exchange) throws IOException {
    got.add(
        new Got(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Content-Type"), ""),
            new String(exchange.getRequestBody().readAllBytes())));
    Says now = says;
    exchange.getResponseHeaders().set("Content-Type", now.type());
    exchange.getResponseHeaders().set("Set-Cookie", "session=s3cret");
    if (now.encoding() != null) {
      exchange.getResponseHeaders().set("Content-Encoding", now.encoding());
    }
    exchange.sendResponseHeaders(now.status(), now.body().length == 0 ? -1 : now.body().length);
    exchange.getResponseBody().write(now.body());
    exchange.close();
  }

  public void says(int status, String type, byte[] body, @Nullable String encoding) {
    says = new Says(status, type, body, encoding);
  }

  public List<Got> got() {
    return got;
  }

  public Captures captures() {
    return captures;
  }

  /** Of the inspector. */
  public String url() {
    return server.url();
  }

  /** A visitor's request, through the door. */
  public HttpResponse<String> visit(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", type)
            .header("Authorization", "Bearer s3cret")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A visitor's bytes, through the door; what comes back is read to its end. */
  public void raw(String request) throws IOException {
    try (Socket visitor = new Socket(InetAddress.getLoopbackAddress(), port())) {
      visitor.getOutputStream().write(request.getBytes(ISO_8859_1));
      visitor.shutdownOutput();
      visitor.getInputStream().readAllBytes();
    }
  }

  private int port() {
    return ((InetSocketAddress) door.localAddress()).getPort();
  }

  /** A request to the inspector's API. */
  public HttpResponse<String> api(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public boolean open(TunnelSpec tunnel) {
    return opened.add(tunnel);
  }

  @Override
  public boolean close(String tunnel) {
    return opened.removeIf(open -> open.name().equals(tunnel));
  }

  @Override
  public void close() {
    server.close();
    door.close();
    service.stop(0);
    client.close();
    network.close();
  }
}
