package io.pgrok.agent.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.pgrok.agent.config.Destination;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.gateway.Gateway;
import io.pgrok.agent.gateway.ServiceDialer;
import io.pgrok.agent.inspect.Origin;
import io.pgrok.agent.inspect.Tap;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One visitor's connection: finds the private service and joins the two. On the visitor's event
 * loop.
 */
final class Visit {

  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

  private final ProxyConnections connections;
  private final StartProxy start;
  private final ByteStream visitor;
  private final EventLoop loop;
  private final @Nullable Route route;
  private @Nullable Tap tap;

  Visit(ProxyConnections connections, StartProxy start, ByteStream visitor, EventLoop loop) {
    this.connections = connections;
    this.start = start;
    this.visitor = visitor;
    this.loop = loop;
    this.route = start.probe() ? null : connections.route(start.url());
  }

  void begin() {
    if (start.probe()) {
      Probe.answer(visitor);
      return;
    }
    if (route == null) {
      LOG.warn("visitor for an unknown tunnel url={}", start.url());
      unavailable(visitor, start.url().startsWith("http"));
      return;
    }
    LOG.debug("visitor url={} client={}", start.url(), start.clientAddr());
    ByteStream visited = new Visited(visitor, route.lastVisit());
    if (!route.protocol().isHttp()) {
      serve(route, visited);
      return;
    }
    Origin origin =
        new Origin(
            route.tunnel(),
            start.url(),
            start.clientAddr(),
            route.target().toString(),
            loop,
            stream -> serve(route, stream));
    tap = connections.inspector().visit(visited, route.inspect(), origin);
    serve(route, tap == null ? visited : tap);
  }

  /**
   * Whether another visitor's requests may follow on the same connection to the private service:
   * one of HTTP, which has not been told who the first visitor was, as long as the way there is the
   * same.
   */
  boolean goesOnFor(StartProxy next) {
    return route != null
        && route == connections.route(next.url())
        && route.isForAnyVisitor()
        && (tap == null || tap.goesOnFor(next.clientAddr()));
  }

  private void serve(Route route, ByteStream from) {
    ServiceDialer services = connections.services();
    ServiceDialer.Visitor who =
        new ServiceDialer.Visitor(start.clientAddr(), PublicPort.of(start.url()));
    if (route.needsHttp()) {
      Gateway.serve(
          from,
          loop,
          target -> route.paths().of(target).orElse(new Destination.Private(route.target())),
          route.upstream(),
          address -> services.dial(address, route.upstream(), who, loop),
          (address, cause, asked) -> unreachable(route, address, cause, asked));
      return;
    }
    services
        .dial(route.target(), route.upstream(), who, loop)
        .addListener((Future<Channel> dialled) -> {
          if (dialled.isSuccess()) {
            Channel service = Objects.requireNonNull(dialled.getNow());
            Relay.join(from, ChannelStream.over(service));
          } else {
            warn(route, route.target(), dialled.cause());
            unavailable(from, route.protocol().isHttp());
          }
        });
  }

  private static ByteBuf unreachable(
      Route route, PrivateAddress address, Throwable cause, boolean asked) {
    warn(route, address, cause);
    return asked ? BadGateway.finalAnswer() : BadGateway.answer();
  }

  private static void warn(Route route, PrivateAddress address, Throwable cause) {
    LOG.warn(
        "private service does not answer tunnel={} target={} error=\"{}\"",
        route.tunnel(),
        address,
        cause.getMessage());
  }

  private static void unavailable(ByteStream visitor, boolean http) {
    if (http) {
      visitor.write(BadGateway.answer());
      visitor.flush();
      visitor.close();
    } else {
      visitor.abort();
    }
  }
}
