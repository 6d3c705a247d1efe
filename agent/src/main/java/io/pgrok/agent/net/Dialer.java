package io.pgrok.agent.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.pgrok.agent.config.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Dials out; each address of a name in turn. Thread-safe. */
public final class Dialer {

  private final Network network;

  public Dialer(Network network) {
    this.network = network;
  }

  /** One of the event loops, in turn. */
  public EventLoop nextLoop() {
    return network.nextLoop();
  }

  /**
   * Looks the name up and connects.
   *
   * @param handler sets the channel up before it is connected
   * @param timeout for each address
   * @return fails with {@link UnknownHostException} or with what the last address answered
   */
  public Future<Channel> dial(
      HostPort to, EventLoop loop, Duration timeout, ChannelHandler handler) {
    Promise<Channel> dialled = loop.newPromise();
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(to.host());
    if (literal != null) {
      try {
        connect(
            addresses(new InetAddress[] {InetAddress.getByAddress(literal)}, to.port()),
            new Attempt(loop, timeout, handler, dialled));
      } catch (UnknownHostException e) {
        dialled.setFailure(e);
      }
      return dialled;
    }
    Thread.startVirtualThread(() -> {
      try {
        connect(
            addresses(InetAddress.getAllByName(to.host()), to.port()),
            new Attempt(loop, timeout, handler, dialled));
      } catch (UnknownHostException e) {
        dialled.setFailure(new UnknownHostException("no such host: " + to.host()));
      }
    });
    return dialled;
  }

  /** Connects to an address that an earlier dial found. */
  public Future<Channel> dial(
      SocketAddress to, EventLoop loop, Duration timeout, ChannelHandler handler) {
    Promise<Channel> dialled = loop.newPromise();
    connect(new ArrayDeque<>(List.of(to)), new Attempt(loop, timeout, handler, dialled));
    return dialled;
  }

  private record Attempt(
      EventLoop loop, Duration timeout, ChannelHandler handler, Promise<Channel> dialled) {}

  private void connect(Deque<SocketAddress> addresses, Attempt attempt) {
    network
        .client(attempt.loop())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) attempt.timeout().toMillis())
        .option(ChannelOption.SO_KEEPALIVE, true)
        .handler(attempt.handler())
        .connect(addresses.removeFirst())
        .addListener((ChannelFuture connected) -> {
          if (connected.isSuccess()) {
            attempt.dialled().setSuccess(connected.channel());
          } else if (addresses.isEmpty()) {
            attempt.dialled().setFailure(connected.cause());
          } else {
            connect(addresses, attempt);
          }
        });
  }

  private static Deque<SocketAddress> addresses(InetAddress[] found, int port) {
    Deque<SocketAddress> addresses = new ArrayDeque<>(found.length);
    for (InetAddress address : found) {
      addresses.add(new InetSocketAddress(address, port));
    }
    return addresses;
  }
}
