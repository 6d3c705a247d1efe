package io.pgrok.protocol.relay;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's event loops on epoll, but for one thing: a socket that waits for nothing stays with its
 * loop. Netty 4.2.16 to 4.2.20 takes it out of epoll, as if it never waited for anything again, and
 * fails the connection when it does. A peer that has said all is such a socket, until its answer is
 * too long for one write.
 */
public final class EpollLoops {

  /** Waits for nothing either: what it may still be told, an error, is told once. */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

  private EpollLoops() {}

  public static IoHandlerFactory newFactory() {
    IoHandlerFactory netty = EpollIoHandler.newFactory();
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor loop) {
        return new Staying(netty.newHandler(loop));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return netty.isChangingThreadSupported();
      }
    };
  }

  private record Staying(IoHandler netty) implements IoHandler {

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return new Registration(netty.register(handle));
    }

    @Override
    public void initialize() {
      netty.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
      return netty.run(context);
    }

    @Override
    public void prepareToDestroy() {
      netty.prepareToDestroy();
    }

    @Override
    public void destroy() {
      netty.destroy();
    }

    @Override
    public void wakeup() {
      netty.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
      return netty.isCompatible(type);
    }
  }

  private record Registration(IoRegistration netty) implements IoRegistration {

    @Override
    public long submit(IoOps ops) {
      return netty.submit(ops.equals(EpollIoOps.NONE) ? NOTHING : ops);
    }

    @Override
    public <T> T attachment() {
      return netty.attachment();
    }

    @Override
    public boolean isValid() {
      return netty.isValid();
    }

    @Override
    public boolean cancel() {
      return netty.cancel();
    }
  }
}
