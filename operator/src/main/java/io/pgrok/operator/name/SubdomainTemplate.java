package io.pgrok.operator.name;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Subdomains with {@code {name}}, {@code {namespace}}, labels and annotations in them. Pure. */
final class SubdomainTemplate {

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(?:(name|namespace)|(label|annotation):([^}]+))}");

  private SubdomainTemplate() {}

  /**
   * One DNS label. What such a label cannot have becomes a hyphen; what is longer than 63
   * characters is cut and gets a hash of the whole.
   *
   * @param metadata of the Tunnel
   */
  static Resolution<String> fill(String template, ObjectMeta metadata) {
    var filled = new StringBuilder();
    Matcher matcher = PLACEHOLDER.matcher(template);
    while (matcher.find()) {
      String value = value(matcher, metadata);
      if (value == null) {
        return Resolution.blocked(
            Reason.LABEL_NOT_FOUND,
            "subdomain %s needs %s %s, which this Tunnel does not have"
                .formatted(template, matcher.group(2), matcher.group(3)));
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    String label = label(matcher.appendTail(filled).toString());
    return label.isEmpty()
        ? Resolution.blocked(
            Reason.LABEL_NOT_FOUND, "subdomain %s leaves no letter or digit".formatted(template))
        : Resolution.of(label);
  }

  private static @Nullable String value(Matcher placeholder, ObjectMeta metadata) {
    if (placeholder.group(1) != null) {
      return placeholder.group(1).equals("name") ? metadata.getName() : metadata.getNamespace();
    }
    Map<String, String> values =
        placeholder.group(2).equals("label") ? metadata.getLabels() : metadata.getAnnotations();
    String value =
        Objects.requireNonNullElse(values, Map.<String, String>of()).get(placeholder.group(3));
    return value == null || value.isBlank() ? null : value;
  }

  private static String label(String text) {
    String safe = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    return DnsLabel.fitted(safe.replaceAll("^-+|-+$", ""));
  }
}
