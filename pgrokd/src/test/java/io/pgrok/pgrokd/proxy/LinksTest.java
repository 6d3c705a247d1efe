package io.pgrok.pgrokd.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinksTest {

  private static final int LOOPS = 3;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(LOOPS, LocalIoHandler.newFactory());
  private final EventLoop here = group.next();
  private final Links links = new Links();

  @AfterEach
  void stop() {
    group.shutdownGracefully();
  }

  @Test
  void eachEventLoopGetsALinkBeforeOneGetsTwo() throws InterruptedException {
    Set<EventLoop> taken = new HashSet<>();
    assertThat(links.place(onThisLoop())).isSameAs(here);
    taken.add(here);
    for (int i = 1; i < LOOPS; i++) {
      assertThat(taken.add(links.place(onThisLoop()))).isTrue();
    }
    assertThat(links.place(onThisLoop())).isSameAs(here);
  }

  @Test
  void theNextLinkComesToTheLoopThatLostIts() throws InterruptedException {
    links.place(onThisLoop());
    Channel second = onThisLoop();
    EventLoop there = links.place(second);
    links.place(onThisLoop());
    links.place(onThisLoop());

    second.close().sync();

    assertThat(links.place(onThisLoop())).isSameAs(there);
  }

  private Channel onThisLoop() throws InterruptedException {
    Channel channel = new LocalChannel();
    here.register(channel).sync();
    return channel;
  }
}
