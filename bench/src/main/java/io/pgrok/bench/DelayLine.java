package io.pgrok.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A long way between two programs on one machine: every byte arrives half a round trip later, and
 * what the dialling side sends first a whole one more, for that is what its dial would have cost.
 * Netem would do the same to packets; not every kernel has it, and it wants root.
 */
final class DelayLine implements Setup.Link, Closeable {

  private record Piece(long due, byte[] bytes) {}

  private final long halfWay;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();

  DelayLine(Duration roundTrip) {
    this.halfWay = roundTrip.toNanos() / 2;
  }

  @Override
  public int through(int port) throws IOException {
    ServerSocket door = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    open.add(door);
    Thread.startVirtualThread(() -> accept(door, port));
    return door.getLocalPort();
  }

  private void accept(ServerSocket door, int port) {
    try {
      while (true) {
        Socket near = door.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
        open.addAll(List.of(near, far));
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        long dialled = System.nanoTime() + 2 * halfWay;
        pass(near, far, dialled + halfWay);
        pass(far, near, dialled);
      }
    } catch (IOException e) {
      // closed: the measurement is over, or the peer has gone
    }
  }

  private void pass(Socket from, Socket to, long notBefore) {
    BlockingQueue<Piece> way = new LinkedBlockingQueue<>();
    Thread.startVirtualThread(() -> read(from, way, notBefore));
    Thread.startVirtualThread(() -> write(to, way));
  }

  private void read(Socket from, BlockingQueue<Piece> way, long notBefore) {
    byte[] buffer = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        long due = System.nanoTime() + halfWay;
        way.add(new Piece(Math.max(due, notBefore), Arrays.copyOf(buffer, length)));
      }
    } catch (IOException e) {
      // its end is passed on below
    }
    way.add(new Piece(System.nanoTime() + halfWay, new byte[0]));
  }

  private static void write(Socket to, BlockingQueue<Piece> way) {
    try {
      OutputStream out = to.getOutputStream();
      for (Piece piece = way.take(); piece.bytes().length > 0; piece = way.take()) {
        TimeUnit.NANOSECONDS.sleep(piece.due() - System.nanoTime());
        out.write(piece.bytes());
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // the other direction ends by itself
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
