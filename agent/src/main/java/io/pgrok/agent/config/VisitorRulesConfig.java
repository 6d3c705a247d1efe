package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentConfig.VisitorConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import io.pgrok.protocol.message.VisitorRules;
import io.pgrok.protocol.net.Networks;
import io.pgrok.protocol.share.ShareLink;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tunnel's {@code visitors}: checked here already, so that the error names the file's line. */
final class VisitorRulesConfig {

  private VisitorRulesConfig() {}

  /**
   * @param protocols that the tunnel is registered for
   * @return null when nothing is demanded
   * @throws InvalidConfigException naming file, line and key
   */
  static @Nullable VisitorRules parse(
      ConfigText file, String tunnel, @Nullable VisitorConfig config, Set<Protocol> protocols)
      throws InvalidConfigException {
    if (config == null) {
      return null;
    }
    String key = "";
    try {
      key = "allow_cidrs";
      Networks.parse(config.allowCidrs());
      key = "redirect_https";
      boolean redirect = Objects.requireNonNullElse(config.redirectHttps(), false);
      if (redirect && !protocols.contains(Protocol.HTTPS)) {
        throw new IllegalArgumentException(
            "needs https among the tunnel's protocols, such as proto: {http+https: 8080}");
      }
      key = "share_key";
      String share = Objects.requireNonNullElse(config.shareKey(), "");
      if (!share.isEmpty()) {
        requireHttp(protocols);
        ShareLink.of(share);
      }
      VisitorRules rules = new VisitorRules(config.allowCidrs(), redirect, share);
      return rules.equals(NONE) ? null : rules;
    } catch (IllegalArgumentException e) {
      throw file.invalid(
          List.of("tunnels", tunnel, "visitors", key), String.valueOf(e.getMessage()));
    }
  }

  private static final VisitorRules NONE = new VisitorRules(List.of(), false, null);

  private static void requireHttp(Set<Protocol> protocols) {
    if (protocols.stream().noneMatch(Protocol::isHttp)) {
      throw new IllegalArgumentException("works for http and https only: leave it out for tcp");
    }
  }
}
