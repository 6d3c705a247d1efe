package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of a project's file, over the link of the user's own: who clones a project trusts it
 * with a port of this machine, and not with the token. A server that only the project names is told
 * nothing of the user's file.
 *
 * @param file the project's, which paths in it are relative to
 * @param user the user's own, and the flags
 */
public record ProjectSource(Path file, FileSource user, Selection selection)
    implements SessionSource {

  private record Resolved(SessionSpec session, List<String> warnings) {}

  @Override
  public SessionSpec load() throws InvalidConfigException {
    return resolve().session();
  }

  @Override
  public List<String> notices() throws InvalidConfigException {
    List<String> notices = new ArrayList<>(List.of("Project " + file));
    notices.addAll(resolve().warnings());
    return notices;
  }

  @Override
  public Path directory() {
    return folder();
  }

  private Path folder() {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  private Resolved resolve() throws InvalidConfigException {
    ConfigText text = FileSource.text(file).relativeTo(folder());
    AgentConfig project = text.parse();
    if (project.tunnels().isEmpty()) {
      throw text.invalid(
          List.of("tunnels"),
          "is missing: say what to open, such as tunnels: {web: {proto: {http: 8080}}}");
    }
    SessionSpec session = SessionSpecs.resolve(text, project, user.flags());
    ConfigText ownText = user.text();
    AgentConfig own = ownText.parse();
    Link ownLink = SessionSpecs.link(ownText, own, user.flags());
    List<String> warnings = new ArrayList<>();
    if (SessionSpecs.isGiven(project.authToken())) {
      warnings.add(
          "auth_token in %s can be read by everyone who has the project: move it to %s"
              .formatted(file, user.file()));
    }
    Link link = session.link();
    if (SessionSpecs.isGiven(user.flags().serverAddr())) {
      link = ownLink;
    } else if (isOnlyTheProjects(project, link, own, ownLink)) {
      if (SessionSpecs.isGiven(own.authToken()) && link.token().isEmpty()) {
        warnings.add(
            "The token of %s is not sent to %s, which %s alone names: give it with -authtoken, or name the server in your own file, too"
                .formatted(user.file(), link.server(), file));
      }
    } else {
      refuseTheWay(text, project);
      link = link.token().isEmpty() ? ownLink : ownLink.with(link.token());
    }
    String inspect = session.inspectAddr() == null ? own.inspectAddr() : session.inspectAddr();
    return new Resolved(selection.from(session.over(link, inspect)), warnings);
  }

  private static boolean isOnlyTheProjects(
      AgentConfig project, Link link, AgentConfig own, Link ownLink) {
    return SessionSpecs.isGiven(project.serverAddr())
        && !(SessionSpecs.isGiven(own.serverAddr()) && ownLink.server().equals(link.server()));
  }

  /** Who decides on the way that the user's token takes might read it there. */
  private void refuseTheWay(ConfigText text, AgentConfig project) throws InvalidConfigException {
    Map<String, @Nullable String> way = new LinkedHashMap<>();
    way.put("server_ca", project.serverCa());
    way.put("http_proxy", project.httpProxy());
    way.put("tls_client_crt", project.tlsClientCrt());
    way.put("tls_client_key", project.tlsClientKey());
    for (Map.Entry<String, @Nullable String> key : way.entrySet()) {
      if (SessionSpecs.isGiven(key.getValue())) {
        throw text.invalid(
            List.of(key.getKey()),
            "is for a server that this file alone names: the way to yours is described in "
                + user.file());
      }
    }
  }
}
