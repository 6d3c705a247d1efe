package io.pgrok.pgrokd.traffic;

import io.pgrok.pgrokd.tunnel.Protocol;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** {@link Traffic#UNOBSERVED}. */
final class Unobserved implements Traffic {

  private static final Visitor VISITOR =
      new Visitor() {
        @Override
        public boolean isRefused() {
          return false;
        }

        @Override
        public void left() {}
      };

  private static final Visit VISIT =
      new Visit() {
        @Override
        public @Nullable Refusal refusal() {
          return null;
        }

        @Override
        public void received(long bytes) {}

        @Override
        public void sent(long bytes) {}

        @Override
        public void ended(int status, boolean whole) {}
      };

  @Override
  public Visitor arrived(Protocol protocol, InetAddress address) {
    return VISITOR;
  }

  @Override
  public Visit begin(VisitRequest request) {
    return VISIT;
  }

  @Override
  public void rejected(Rejection reason) {}
}
