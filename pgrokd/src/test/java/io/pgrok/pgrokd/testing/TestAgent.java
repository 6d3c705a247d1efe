package io.pgrok.pgrokd.testing;

import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.Message.RegLink;
import io.pgrok.protocol.message.Message.RegProxy;
import io.pgrok.protocol.message.Message.ReqProxy;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.Message.StartProxy;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An agent of the classic protocol: dials a proxy connection when asked, and serves it. With the
 * system property {@code pgrok.test.links}, or when it asks for {@link Extension#MUX}, it has a
 * link too.
 */
public final class TestAgent implements AutoCloseable {

  /** What stands behind a tunnel: gets a proxy connection after StartProxy. */
  @FunctionalInterface
  public interface Service {
    void serve(Socket socket, StartProxy start) throws Exception;
  }

  /** Accepts a connection and says nothing. */
  public static final Service SILENT = (socket, start) -> socket.getInputStream().readAllBytes();

  private final int port;
  private final Wire control;
  private final AuthResp welcome;
  private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
  private final Map<String, Service> services = new ConcurrentHashMap<>();
  private final Queue<Wire> proxies = new ConcurrentLinkedQueue<>();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final boolean dials;

  private volatile @Nullable TestLink link;

  private TestAgent(int port, Wire control, AuthResp welcome, boolean dials) {
    this.port = port;
    this.control = control;
    this.welcome = welcome;
    this.dials = dials;
  }

  public static Auth auth(String token, String clientId, String... extensions) {
    return new Auth("2", "3.0", token, "", "linux", "amd64", clientId, List.of(extensions));
  }

  /** An agent without extensions, as the reference's. */
  public static TestAgent connect(TestServer server) throws Exception {
    return connect(server, auth("", ""));
  }

  public static TestAgent connect(TestServer server, Auth auth) throws Exception {
    return connect(server, auth, true);
  }

  /** An agent that never dials a proxy connection. */
  public static TestAgent lazy(TestServer server, Auth auth) throws Exception {
    return connect(server, auth, false);
  }

  /** An agent with a link, over which visitors come from now on. */
  public static TestAgent linked(TestServer server) throws Exception {
    return connect(server, auth("", "", Extension.MUX));
  }

  private static Auth withLinks(Auth auth) {
    if (!Boolean.getBoolean("pgrok.test.links") || auth.ext().contains(Extension.MUX)) {
      return auth;
    }
    List<String> ext = new ArrayList<>(auth.ext());
    ext.add(Extension.MUX);
    return new Auth(
        auth.version(),
        auth.mmVersion(),
        auth.user(),
        auth.password(),
        auth.os(),
        auth.arch(),
        auth.clientId(),
        ext);
  }

  private static TestAgent connect(TestServer server, Auth auth, boolean dials) throws Exception {
    return connect(server.tunnelPort(), auth, dials);
  }

  /**
   * @param port the tunnel port of a server whose certificate {@link TestServer#trust()} trusts
   */
  public static TestAgent connect(int port, Auth auth, boolean dials) throws Exception {
    Wire control = Wire.connect(port);
    control.send(dials ? withLinks(auth) : auth);
    AuthResp welcome = (AuthResp) control.receive();
    if (!welcome.error().isEmpty()) {
      throw new IllegalStateException("refused: " + welcome.error());
    }
    TestAgent agent = new TestAgent(port, control, welcome, dials);
    Thread.ofVirtual().start(agent::listen);
    if (welcome.ext().contains(Extension.MUX)) {
      RegLink pass = new RegLink(welcome.clientId(), welcome.proxyKey());
      agent.link = new TestLink(port, pass, agent::visit);
    }
    return agent;
  }

  private void visit(Socket socket, StartProxy start) {
    started.incrementAndGet();
    try (socket) {
      services.getOrDefault(start.url(), SILENT).serve(socket, start);
    } catch (Exception e) {
      // The visitor's side went away: services of tests do not care.
    }
  }

  private void listen() {
    try {
      while (true) {
        Message message = control.receive();
        if (message instanceof ReqProxy) {
          asked.incrementAndGet();
          if (dials) {
            Thread.ofVirtual().start(this::dial);
          }
        } else {
          answers.add(message);
        }
      }
    } catch (Exception e) {
      answers.add(new Message.Pong()); // wakes up whoever waits for an answer
    }
  }

  private void dial() {
    try (Wire proxy = Wire.connect(port)) {
      proxies.add(proxy);
      proxy.socket().setSoTimeout(0);
      proxy.send(new RegProxy(welcome.clientId(), welcome.proxyKey()));
      StartProxy start = (StartProxy) proxy.receive();
      started.incrementAndGet();
      services.getOrDefault(start.url(), SILENT).serve(proxy.socket(), start);
    } catch (EOFException e) {
      // Closed while it waited in the pool.
    } catch (Exception e) {
      // The visitor's side went away: services of tests do not care.
    }
  }

  /** How many visitors have got a proxy connection or a stream of a link. */
  public int started() {
    return started.get();
  }

  /** The visitors, after the first, that came over a stream of the link. */
  public List<String> reusedFor() {
    return Objects.requireNonNull(link).reusedFor;
  }

  /** How many streams of the link have ended. */
  public int goneStreams() {
    return Objects.requireNonNull(link).gone.get();
  }

  /** How many proxy connections the server has asked for. */
  public int askedForProxies() {
    return asked.get();
  }

  public AuthResp welcome() {
    return welcome;
  }

  public Wire control() {
    return control;
  }

  /** Asks for a tunnel and returns the first answer. */
  public NewTunnel ask(ReqTunnel request) throws Exception {
    control.send(request);
    return answer();
  }

  /** The next message that is no ReqProxy. */
  public Message next() throws Exception {
    return Objects.requireNonNull(answers.poll(20, TimeUnit.SECONDS));
  }

  /** The next NewTunnel. */
  public NewTunnel answer() throws Exception {
    Message message = answers.poll(20, TimeUnit.SECONDS);
    if (message instanceof NewTunnel tunnel) {
      return tunnel;
    }
    throw new IllegalStateException("expected NewTunnel, got " + message);
  }

  /** Opens an HTTP tunnel under a subdomain. */
  public String open(String subdomain, Service service) throws Exception {
    return open(http(subdomain), service);
  }

  /** Opens a tunnel of one protocol. */
  public String open(ReqTunnel request, Service service) throws Exception {
    NewTunnel tunnel = ask(request);
    if (!tunnel.error().isEmpty()) {
      throw new IllegalStateException(tunnel.error());
    }
    services.put(tunnel.url(), service);
    return tunnel.url();
  }

  /** Puts a service behind a tunnel that {@link #ask} opened. */
  public void serve(String url, Service service) {
    services.put(url, service);
  }

  public static ReqTunnel http(String subdomain) {
    return new ReqTunnel("test", "1", "http", "", subdomain, "", 0);
  }

  public static ReqTunnel tcp(int remotePort) {
    return new ReqTunnel("test", "1", "tcp", "", "", "", remotePort);
  }

  public void closeTunnel(String url) throws IOException {
    control.send(new CloseTunnel(url));
  }

  /** Pings and waits for the Pong: what was sent before has been done then. */
  public void settle() throws Exception {
    control.send(new Ping());
    Message message = answers.poll(20, TimeUnit.SECONDS);
    if (!(message instanceof Message.Pong)) {
      throw new IllegalStateException("expected Pong, got " + message);
    }
  }

  /** What a killed process leaves behind: closed sockets without a goodbye. */
  public void kill() throws IOException {
    control.kill();
    for (Wire proxy : proxies) {
      proxy.kill();
    }
    killLink();
  }

  /** Leaves what comes over the link unread from now on. */
  public void stopReadingLink() {
    Objects.requireNonNull(link).stopReading();
  }

  /** Ends the link, if there is one, without a goodbye. */
  public void killLink() throws IOException {
    TestLink linked = link;
    if (linked != null) {
      linked.kill();
    }
  }

  @Override
  public void close() throws IOException {
    control.close();
    for (Wire proxy : proxies) {
      proxy.kill();
    }
    killLink();
  }
}
