package io.pgrok.protocol.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay between two sockets, each on an event loop of its own. */
class RelayTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final MultiThreadIoEventLoopGroup left =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final MultiThreadIoEventLoopGroup right =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Queue<Channel> relayed = new ConcurrentLinkedQueue<>();
  private ServerSocket service;
  private Channel listener;
  private Socket client;
  private Socket served;

  @BeforeEach
  void joinTwoSockets() throws Exception {
    service = new ServerSocket(0, 10, LOOPBACK);
    listener =
        new ServerBootstrap()
            .group(left)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    relayed.add(accepted);
                    dial(ChannelStream.over(accepted));
                  }
                })
            .bind(LOOPBACK, 0)
            .sync()
            .channel();
    client = new Socket(LOOPBACK, ((InetSocketAddress) listener.localAddress()).getPort());
    served = service.accept();
  }

  private void dial(ChannelStream accepted) {
    ChannelFuture dialed =
        new Bootstrap()
            .group(right)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    relayed.add(channel);
                    ChannelStream.over(channel);
                  }
                })
            .connect(service.getLocalSocketAddress());
    dialed.addListener(
        done -> Relay.join(accepted, dialed.channel().pipeline().get(ChannelStream.class)));
  }

  @AfterEach
  void tearDown() throws Exception {
    client.close();
    served.close();
    service.close();
    listener.close().sync();
    left.shutdownGracefully().await();
    right.shutdownGracefully().await();
  }

  @Test
  void bytesArriveInOrderInBothDirections() throws Exception {
    byte[] sent = new byte[5_000_000];
    new Random(1).nextBytes(sent);
    Thread echo =
        Thread.startVirtualThread(() -> {
          try (OutputStream out = served.getOutputStream()) {
            served.getInputStream().transferTo(out);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    Thread writer = Thread.startVirtualThread(() -> write(client, sent));
    byte[] received = client.getInputStream().readNBytes(sent.length);
    assertThat(Arrays.mismatch(received, sent)).isEqualTo(-1);
    writer.join();
    client.close();
    echo.join();
  }

  @Test
  void aReaderThatStopsStopsTheWriter() {
    AtomicLong written = new AtomicLong();
    byte[] block = new byte[64 * 1024];
    Thread.startVirtualThread(() -> {
      while (write(client, block)) {
        written.addAndGet(block.length);
      }
    });
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(() -> before.getAndSet(written.get()) == written.get() && written.get() > 0);
    // What fits into the kernel's buffers of two connections went through; our share is small.
    long held =
        relayed.stream().mapToLong(channel -> channel.bytesBeforeWritable()).max().orElseThrow();
    assertThat(held).isLessThan(2_000_000);
  }

  @Test
  void theRestIsDeliveredWhenOneSideHasFinished() throws Exception {
    byte[] sent = new byte[3_000_000];
    Thread.startVirtualThread(() -> {
      write(served, sent);
      finish(served);
    });
    // Bytes that nobody reads any more must not turn the end into a reset.
    Thread.startVirtualThread(() -> write(client, new byte[10_000_000]));
    assertThat(client.getInputStream().readAllBytes()).hasSize(sent.length);
    client.close();
    served.close();
    await().until(() -> relayed.stream().noneMatch(Channel::isOpen));
  }

  @Test
  void whoHasFinishedAskingIsStillAnswered() throws Exception {
    write(client, new byte[] {1, 2, 3});
    finish(client);
    assertThat(served.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
    write(served, new byte[] {4, 5});
    served.close();
    assertThat(client.getInputStream().readAllBytes()).containsExactly(4, 5);
    await().until(() -> relayed.stream().noneMatch(Channel::isOpen));
  }

  @Test
  void aResetIsPassedOnAsAReset() throws Exception {
    write(served, new byte[10]);
    InputStream in = client.getInputStream();
    assertThat(in.readNBytes(10)).hasSize(10);
    served.setSoLinger(true, 0);
    served.close();
    assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("reset");
    await().until(() -> relayed.stream().noneMatch(Channel::isOpen));
  }

  private static boolean write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void finish(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
