package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.PrivateAddress.Speaks;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The private services of one visitor's stream, each with its own kept connection. */
final class Backends {

  private final EventLoop loop;
  private final Function<PrivateAddress, Future<Channel>> dial;
  private final Map<PrivateAddress, Backend> asked = new HashMap<>();

  Backends(EventLoop loop, Function<PrivateAddress, Future<Channel>> dial) {
    this.loop = loop;
    this.dial = dial;
  }

  Backend at(PrivateAddress address) {
    return asked.computeIfAbsent(address, this::backend);
  }

  private Backend backend(PrivateAddress address) {
    return new Backend(
        address,
        address.speaks() == Speaks.H2C
            ? new H2cService(loop, () -> dial.apply(address))
            : new Http1Service(loop, () -> dial.apply(address)));
  }

  void close() {
    asked.values().forEach(backend -> backend.service().close());
  }
}
