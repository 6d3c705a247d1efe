package io.pgrok.pgrokd.http;

import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.share.ShareLink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a request carries the value of a share link: in its query, or in the cookie that took its
 * place. The private service sees neither.
 */
final class ShareTicket {

  private static final String ASSIGNMENT = ShareLink.NAME + "=";

  private ShareTicket() {}

  /** The value in the query of a target, null when there is none. */
  static @Nullable String ofTarget(String target) {
    int query = target.indexOf('?');
    return query < 0 ? null : find(target.substring(query + 1).split("&", -1));
  }

  /** The value in the cookies, null when there is none. */
  static @Nullable String ofCookies(RequestHead request) {
    for (Head.Field field : request.head().fields()) {
      if (field.is("cookie")) {
        String found = find(field.value().split(";", -1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static @Nullable String find(String[] assignments) {
    for (String assignment : assignments) {
      String one = assignment.strip();
      if (one.startsWith(ASSIGNMENT)) {
        return one.substring(ASSIGNMENT.length());
      }
    }
    return null;
  }

  /** Takes the link out of the address bar, and lets the cookie stand for it until it ends. */
  static Answer redirect(
      RequestHead request, Origin origin, String value, Instant now, Instant until) {
    boolean secure = origin.protocol().equals("https");
    Map<String, String> fields = new LinkedHashMap<>();
    // Absolute: a target that begins with two slashes would name another host.
    fields.put(
        "Location", origin.protocol() + "://" + origin.host() + withoutParameter(request.target()));
    fields.put(
        "Set-Cookie",
        "%s%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
            .formatted(
                ASSIGNMENT,
                value,
                Duration.between(now, until).toSeconds(),
                secure ? "; Secure" : ""));
    fields.put("Referrer-Policy", "no-referrer");
    return new Answer(302, "The link is good: the page has moved on", "", fields);
  }

  /** The request as the private service gets it. */
  static RequestHead without(RequestHead request) {
    String target = withoutParameter(request.target());
    boolean hasCookie = ofCookies(request) != null;
    if (!hasCookie && target.equals(request.target())) {
      return request;
    }
    return new RequestHead(
        hasCookie ? withoutCookie(request.head()) : request.head(),
        request.method(),
        target,
        request.authority(),
        request.version(),
        request.framing(),
        request.connection(),
        request.upgrade());
  }

  private static Head withoutCookie(Head head) {
    Head.Builder rest = new Head.Builder(head.startLine());
    for (Head.Field field : head.fields()) {
      String value = field.is("cookie") ? kept(field.value(), ";", "; ") : field.value();
      if (!field.is("cookie") || !value.isEmpty()) {
        rest.add(head.nameOf(field), value);
      }
    }
    return rest.build();
  }

  private static String withoutParameter(String target) {
    int query = target.indexOf('?');
    if (query < 0 || ofTarget(target) == null) {
      return target;
    }
    String rest = kept(target.substring(query + 1), "&", "&");
    return rest.isEmpty() ? target.substring(0, query) : target.substring(0, query + 1) + rest;
  }

  private static String kept(String assignments, String separator, String joint) {
    List<String> kept = new ArrayList<>();
    for (String assignment : assignments.split(separator, -1)) {
      if (!assignment.strip().startsWith(ASSIGNMENT)) {
        kept.add(assignment.strip());
      }
    }
    return String.join(joint, kept);
  }
}
