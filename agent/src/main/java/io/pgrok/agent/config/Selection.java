package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/** Which tunnels the command line asks for. */
public sealed interface Selection {

  /** {@code start-all}: every tunnel of the file. */
  record All() implements Selection {}

  /** {@code start <name>…}: these of the file. */
  record Named(List<String> names) implements Selection {
    public Named {
      names = List.copyOf(names);
    }
  }

  /** {@code <port>}: one that the command line describes; those of the file stay closed. */
  record Only(TunnelSpec tunnel) implements Selection {}

  /**
   * The session with the selected tunnels only.
   *
   * @throws InvalidConfigException when a name is not in the file
   */
  default SessionSpec from(SessionSpec session) throws InvalidConfigException {
    return switch (this) {
      case All _ -> session;
      case Only(TunnelSpec tunnel) -> session.with(List.of(tunnel));
      case Named(List<String> names) -> session.with(named(session, names));
    };
  }

  private static List<TunnelSpec> named(SessionSpec session, List<String> names)
      throws InvalidConfigException {
    List<TunnelSpec> selected = new ArrayList<>();
    for (String name : names.stream().distinct().toList()) {
      selected.add(
          session.tunnels().stream()
              .filter(tunnel -> tunnel.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new InvalidConfigException(
                      "no tunnel '%s' in the configuration file; it has %s"
                          .formatted(
                              name, session.tunnels().stream().map(TunnelSpec::name).toList()))));
    }
    return selected;
  }
}
