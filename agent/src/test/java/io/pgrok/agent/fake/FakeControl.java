package io.pgrok.agent.fake;

import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.Message.Pong;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;

/** The server's end of a control connection. Answers pings by itself. */
public final class FakeControl {

  private final Socket socket;
  private final Auth auth;
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final Semaphore pings = new Semaphore(0);
  private volatile boolean closed;

  FakeControl(Socket socket, Auth auth) {
    this.socket = socket;
    this.auth = auth;
  }

  public Auth auth() {
    return auth;
  }

  /** Lets the agent in, with these extensions, and with one link if they name that. */
  public FakeControl grant(String clientId, String... extensions) throws IOException {
    List<String> granted = List.of(extensions);
    int links = granted.contains(Extension.MUX) ? 1 : 0;
    send(new AuthResp("2", "3.0", clientId, "", granted, "", links));
    Thread.ofVirtual().start(this::receive);
    return this;
  }

  private void receive() {
    try {
      while (true) {
        Message message = Wire.read(socket.getInputStream());
        if (message instanceof Ping) {
          pings.release();
          send(new Pong());
        } else {
          received.add(message);
        }
      }
    } catch (IOException e) {
      closed = true;
    }
  }

  public synchronized void send(Message message) throws IOException {
    socket.getOutputStream().write(Wire.frame(message));
  }

  /** The next message that is no Ping, which must be of the type. */
  public <T extends Message> T expect(Class<T> type) throws InterruptedException {
    return type.cast(FakeServer.next(received, type.getSimpleName()));
  }

  /** Waits for a Ping that has not been waited for yet. */
  public void expectPing() throws InterruptedException {
    if (!pings.tryAcquire(30, TimeUnit.SECONDS)) {
      throw new AssertionFailedError("no Ping came within 30 s");
    }
  }

  /** Grants the next request. */
  public String register(String url) throws InterruptedException, IOException {
    ReqTunnel request = expect(ReqTunnel.class);
    send(new NewTunnel(request.reqId(), url, request.protocol(), ""));
    return url;
  }

  /** Whether anything came that nobody has asked for yet. */
  public boolean isQuiet() {
    return received.isEmpty();
  }

  public boolean isClosed() {
    return closed;
  }

  public void close() throws IOException {
    socket.close();
  }
}
