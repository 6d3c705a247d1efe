package io.pgrok.protocol.certificate;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names that a server certificate is valid for: DNS names (a leading {@code *.} allowed) and IP
 * addresses in their textual form, both sorted and without duplicates.
 */
public record ServerNames(SortedSet<String> dns, SortedSet<String> addresses) {
  private static final int SUBJECT_ALT_DNS = 2;
  private static final int SUBJECT_ALT_IP = 7;

  private static final Pattern DNS_NAME =
      Pattern.compile(
          "(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public ServerNames {
    dns = Collections.unmodifiableSortedSet(new TreeSet<>(dns));
    addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
  }

  /**
   * The domain, every name directly below it, and the further names and addresses given.
   *
   * @throws IllegalArgumentException naming the entry that is neither a DNS name nor an IP address
   */
  public static ServerNames of(String domain, Collection<String> more) {
    List<String> all = new ArrayList<>(more);
    all.add(domain);
    if (!isAddress(domain)) {
      all.add("*." + domain);
    }
    return of(all);
  }

  /**
   * Sorts the names into DNS names and IP addresses.
   *
   * @throws IllegalArgumentException naming the entry that is neither
   */
  public static ServerNames of(Collection<String> names) {
    SortedSet<String> dns = new TreeSet<>();
    SortedSet<String> addresses = new TreeSet<>();
    for (String name : names) {
      if (isAddress(name)) {
        addresses.add(InetAddress.ofLiteral(name).getHostAddress());
      } else {
        dns.add(requireDnsName(name));
      }
    }
    return new ServerNames(dns, addresses);
  }

  /** The subject alternative names of the certificate that a host can have. */
  public static ServerNames of(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      var alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> entry : alternatives == null ? List.<List<?>>of() : alternatives) {
        int kind = (Integer) entry.get(0);
        if (kind == SUBJECT_ALT_DNS || kind == SUBJECT_ALT_IP) {
          String name = (String) entry.get(1);
          if (kind == SUBJECT_ALT_IP || isDnsName(name.toLowerCase(Locale.ROOT))) {
            names.add(name);
          }
        }
      }
    } catch (CertificateParsingException e) {
      throw new IllegalArgumentException("The certificate's subject alternative names: " + e, e);
    }
    return of(names);
  }

  private static String requireDnsName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!isDnsName(lower)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is neither a DNS name nor an IP address; write it like tunnels.example.com");
    }
    return lower;
  }

  private static boolean isDnsName(String lower) {
    return lower.length() <= 253 && DNS_NAME.matcher(lower).matches();
  }

  /**
   * Whether the certificate is valid for a host (RFC 6125): a wildcard stands for one label.
   *
   * @param host lower case, without port
   */
  public boolean cover(String host) {
    int dot = host.indexOf('.');
    return dns.contains(host)
        || addresses.contains(host)
        || (dot > 0 && dns.contains("*" + host.substring(dot)));
  }

  /** For people, such as {@code example.com, *.example.com}; the first few of many. */
  public String text() {
    List<String> all = Stream.concat(dns.stream(), addresses.stream()).toList();
    String first = String.join(", ", all.subList(0, Math.min(all.size(), 5)));
    return all.isEmpty() ? "no name" : all.size() > 5 ? first + " and others" : first;
  }

  private static boolean isAddress(String name) {
    try {
      InetAddress.ofLiteral(name);
      return true;
    } catch (IllegalArgumentException notALiteral) {
      return false;
    }
  }
}
