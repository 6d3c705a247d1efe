package io.pgrok.agent.view;

import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.util.Locale;

/** States as people read them. */
final class Words {

  private Words() {}

  static String of(SessionState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
