package io.pgrok.protocol.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.agent.AgentConfig.PathType;
import io.pgrok.protocol.agent.AgentConfig.RouteConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import io.pgrok.protocol.agent.AgentConfig.VisitorConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link AgentConfig} of a parser's tokens. By hand: Jackson's look at the records and
 * their annotations takes the start of each agent a tenth of a second. A test compares the keys.
 */
final class AgentConfigReader {

  private AgentConfigReader() {}

  /** A value that cannot be used. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient List<String> path;
    private final String why;

    UnusableException(List<String> path, String why) {
      super(why);
      this.path = path;
      this.why = why;
    }

    List<String> path() {
      return path;
    }

    String why() {
      return why;
    }
  }

  static AgentConfig read(JsonParser tokens) throws IOException, UnusableException {
    tokens.nextToken();
    Object file = value(tokens);
    if (tokens.nextToken() != null) {
      throw new UnusableException(List.of(), "has more than one document: give one");
    }
    Keys keys = Keys.of(file, List.of());
    AgentConfig config =
        new AgentConfig(
            keys.text("server_addr"),
            keys.text("inspect_addr"),
            keys.text("http_proxy"),
            keys.flag("trust_host_root_certs"),
            keys.text("auth_token"),
            keys.text("server_ca"),
            keys.flag("tls"),
            keys.text("tls_client_crt"),
            keys.text("tls_client_key"),
            tunnels(keys.map("tunnels")));
    keys.refuseOthers();
    return config;
  }

  private static Map<String, @Nullable TunnelConfig> tunnels(Keys named) throws UnusableException {
    Map<String, @Nullable TunnelConfig> tunnels = new LinkedHashMap<>();
    for (String name : named.names()) {
      tunnels.put(name, named.section(name, AgentConfigReader::tunnel));
    }
    return tunnels;
  }

  private static TunnelConfig tunnel(Keys keys) throws UnusableException {
    return new TunnelConfig(
        keys.text("subdomain"),
        keys.text("hostname"),
        keys.texts("proto"),
        keys.text("auth"),
        keys.number("remote_port"),
        keys.section("visitors", AgentConfigReader::visitors),
        keys.section("upstream", AgentConfigReader::upstream),
        keys.flag("inspect"),
        keys.sections("routes", AgentConfigReader::route),
        keys.section("certificate", AgentConfigReader::certificate),
        keys.text("revision"));
  }

  private static VisitorConfig visitors(Keys keys) throws UnusableException {
    return new VisitorConfig(
        keys.list("allow_cidrs"), keys.flag("redirect_https"), keys.text("share_key"));
  }

  private static UpstreamConfig upstream(Keys keys) throws UnusableException {
    return new UpstreamConfig(
        keys.text("host_header"),
        keys.texts("request_headers"),
        keys.texts("response_headers"),
        keys.text("proxy_protocol"),
        keys.text("ca"),
        keys.flag("insecure_skip_verify"));
  }

  // The records say what is missing.
  @SuppressWarnings("NullAway")
  private static RouteConfig route(Keys keys) throws UnusableException {
    String path = keys.text("path");
    PathType type =
        switch (keys.text("path_type")) {
          case null -> null;
          case "exact" -> PathType.EXACT;
          case "prefix" -> PathType.PREFIX;
          default -> throw keys.unusable("path_type", "must be prefix or exact");
        };
    return new RouteConfig(path, type, keys.text("address"), keys.number("status"));
  }

  @SuppressWarnings("NullAway")
  private static CertificateConfig certificate(Keys keys) throws UnusableException {
    return new CertificateConfig(keys.text("crt"), keys.text("key"));
  }

  /** A map, a list, a scalar's text, or null; the parser bounds how deep they lie. */
  private static @Nullable Object value(JsonParser tokens) throws IOException {
    return switch (tokens.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (tokens.nextToken() == JsonToken.FIELD_NAME) {
          String key = tokens.currentName();
          tokens.nextToken();
          map.put(key, value(tokens));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (tokens.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(tokens));
        }
        yield list;
      }
      case VALUE_NULL -> null;
      default -> tokens.getText();
    };
  }

  /** The keys of one map, and where it is. Each key that is asked for is known from then on. */
  private record Keys(
      Map<?, ? extends @Nullable Object> values, List<String> path, List<String> known) {

    interface Reader<T> {
      T read(Keys keys) throws UnusableException;
    }

    static Keys of(@Nullable Object value, List<String> path) throws UnusableException {
      // Nothing after the colon, or "", is as good as nothing.
      Object map = value == null || value.equals("") ? Map.of() : value;
      if (!(map instanceof Map<?, ?> values)) {
        throw wrongKind(path);
      }
      return new Keys(values, path, new ArrayList<>());
    }

    List<String> names() {
      return values.keySet().stream().map(String::valueOf).toList();
    }

    private @Nullable Object get(String key) {
      known.add(key);
      return values.get(key);
    }

    @Nullable String text(String key) throws UnusableException {
      return text(get(key), at(key));
    }

    private static @Nullable String text(@Nullable Object value, List<String> path)
        throws UnusableException {
      if (value instanceof Map || value instanceof List) {
        throw wrongKind(path);
      }
      return (String) value;
    }

    @Nullable Boolean flag(String key) throws UnusableException {
      return switch (text(key)) {
        case null -> null;
        case "" -> null;
        case "true", "True", "TRUE" -> true;
        case "false", "False", "FALSE" -> false;
        default -> throw unusable(key, "must be true or false");
      };
    }

    @Nullable Integer number(String key) throws UnusableException {
      String text = text(key);
      if (text == null || text.isEmpty()) {
        return null;
      }
      try {
        return Integer.valueOf(text);
      } catch (NumberFormatException e) {
        throw unusable(key, "must be a whole number");
      }
    }

    Keys map(String key) throws UnusableException {
      return of(get(key), at(key));
    }

    Map<String, String> texts(String key) throws UnusableException {
      Keys map = map(key);
      Map<String, @Nullable String> texts = new LinkedHashMap<>();
      for (String name : map.names()) {
        texts.put(name, map.text(name));
      }
      // A value may be missing: who reads it says so, with the key.
      @SuppressWarnings("NullAway")
      Map<String, String> complete = (Map<String, String>) (Map<?, ?>) texts;
      return complete;
    }

    private List<? extends @Nullable Object> values(String key) throws UnusableException {
      Object value = get(key);
      if (value == null || value.equals("")) {
        return List.of();
      }
      if (!(value instanceof List<?> list)) {
        throw wrongKind(at(key));
      }
      return list;
    }

    List<String> list(String key) throws UnusableException {
      List<String> texts = new ArrayList<>();
      for (Object value : values(key)) {
        String text = text(value, at(key));
        if (text == null) {
          throw wrongKind(at(key));
        }
        texts.add(text);
      }
      return texts;
    }

    <T> @Nullable T section(String key, Reader<T> reader) throws UnusableException {
      Object value = get(key);
      return value == null || value.equals("") ? null : section(value, at(key), reader);
    }

    <T> List<T> sections(String key, Reader<T> reader) throws UnusableException {
      List<T> sections = new ArrayList<>();
      for (Object value : values(key)) {
        List<String> path = new ArrayList<>(at(key));
        path.add("[" + sections.size() + "]");
        sections.add(section(value, path, reader));
      }
      return sections;
    }

    private static <T> T section(@Nullable Object value, List<String> path, Reader<T> reader)
        throws UnusableException {
      Keys keys = of(value, path);
      T section;
      try {
        section = reader.read(keys);
      } catch (IllegalArgumentException e) {
        // A mistyped key explains more than that one is missing.
        keys.refuseOthers();
        throw new UnusableException(path, "is not valid: " + e.getMessage());
      }
      keys.refuseOthers();
      return section;
    }

    void refuseOthers() throws UnusableException {
      for (String name : names()) {
        if (!known.contains(name)) {
          throw unusable(
              name, "is no key here; known are " + known.stream().sorted().distinct().toList());
        }
      }
    }

    private List<String> at(String key) {
      List<String> whole = new ArrayList<>(path);
      whole.add(key);
      return whole;
    }

    UnusableException unusable(String key, String why) {
      return new UnusableException(at(key), why);
    }

    private static UnusableException wrongKind(List<String> path) {
      return new UnusableException(path, "has a value of the wrong kind");
    }
  }
}
