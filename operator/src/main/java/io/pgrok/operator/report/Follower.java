package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;

/**
 * Follows one agent until it is stopped: connects, reports each change of the {@link Link}, and
 * connects again with backoff. One virtual thread.
 */
final class Follower {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

  private final StatusStream stream;
  private final URI uri;
  private final long patienceEnds;
  private final BiConsumer<Link, Link> onChange;
  private final Thread thread;
  private volatile Link link = new Link.Connecting();
  private Duration pause = FIRST_PAUSE;
  private boolean opened;

  /**
   * @param patience from now, during which an agent that was never heard is not called away
   * @param onChange gets the link before and after
   */
  Follower(StatusStream stream, URI uri, Duration patience, BiConsumer<Link, Link> onChange) {
    this.stream = stream;
    this.uri = uri;
    this.patienceEnds = System.nanoTime() + patience.toNanos();
    this.onChange = onChange;
    this.thread = Thread.ofVirtual().name("status " + uri.getHost()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void stop() {
    thread.interrupt();
  }

  Link link() {
    return link;
  }

  private void run() {
    try {
      while (true) {
        try {
          stream.follow(uri, this::heard);
        } catch (IOException e) {
          ended(e);
        }
        Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(50)));
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private void heard(AgentStatus status) {
    opened = true;
    become(new Link.Live(new Report(status)));
  }

  /** A stream that was open is opened again soon: the last report stands until that fails. */
  private void ended(IOException why) {
    if (opened) {
      opened = false;
      pause = FIRST_PAUSE;
      return;
    }
    pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) > 0 ? LAST_PAUSE : pause.multipliedBy(2);
    switch (link) {
      case Link.Live live -> become(new Link.Down(text(why)));
      case Link.Connecting connecting -> {
        if (System.nanoTime() >= patienceEnds) {
          become(new Link.Down(text(why)));
        }
      }
      case Link.Down down -> {}
    }
  }

  private void become(Link next) {
    Link before = link;
    link = next;
    onChange.accept(before, next);
  }

  private static String text(IOException why) {
    return Objects.requireNonNullElseGet(why.getMessage(), () -> why.getClass().getSimpleName());
  }
}
