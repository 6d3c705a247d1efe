package io.pgrok.operator.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.crds.tunnelserver.NamespaceGrant;
import io.pgrok.operator.grant.Grants;
import io.pgrok.operator.grant.SigningKey;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens as another implementation of JWT reads them. */
class TokensTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:34:56Z");
  private static final Carrier SIDECAR = new Carrier.Sidecar(Kind.DEPLOYMENT, "shop", "web");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static OctetKeyPairJsonWebKey keys;
  private static SigningKey key;

  @BeforeAll
  static void makeKey() throws JoseException {
    keys = OkpJwkGenerator.generateJwk("Ed25519");
    keys.setKeyId("first");
    key =
        SigningKey.parse(keys.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE)).orElseThrow();
  }

  @Test
  void sidecarsTokenSaysWhatItsNamespaceIsGranted() throws Exception {
    var grants =
        List.of(
            new NamespaceGrant(null, List.of("shop-*"), null, null, 5),
            new NamespaceGrant(null, null, List.of("*.shop.example.org"), null, 3));
    var server = server(key, grants);
    var route =
        new Route(
            "main",
            SIDECAR,
            Grants.of(grants, "shop", Map.of()),
            config("shop-a", null),
            new Shown.Servers());

    var claims = claims(token(SIDECAR, server, List.of(route), NOW));

    assertThat(claims.getSubject()).isEqualTo("ns:shop@uid-1");
    assertThat(grant(claims))
        .isEqualTo(
            """
            {"subdomains":["shop-*"],"hostnames":["*.shop.example.org"],"tcpPorts":[],"maxTunnels":5}\
            """);
  }

  @Test
  void tunnelsThatComeLeaveTheTokenAsItIs() throws Exception {
    var server = server(key, null);
    var one = new Route("main", SIDECAR, config("web", null));
    var two = new Route("main", SIDECAR, config(null, "www.example.org"));

    var token = token(SIDECAR, server, List.of(one), NOW);

    assertThat(token(SIDECAR, server, List.of(one, two), NOW)).isEqualTo(token);
    assertThat(grant(claims(token))).isEqualTo("{}");
  }

  @Test
  void agentWithoutTunnelsMayClaimNothingWhereNamespacesAreGrantedNames() throws Exception {
    var names = new NamespaceGrant.Namespaces(List.of("shop"), null);
    var server = server(key, List.of(new NamespaceGrant(names, List.of("a"), null, null, null)));

    assertThat(grant(claims(token(SIDECAR, server, List.of(), NOW))))
        .isEqualTo("{\"subdomains\":[],\"hostnames\":[],\"tcpPorts\":[]}");
  }

  @Test
  void sharedAgentMayClaimWhatAnyNamespaceMay() throws Exception {
    var grants =
        List.of(
            new NamespaceGrant(null, List.of("a-*"), null, null, 1),
            new NamespaceGrant(null, List.of("b-*"), null, null, 1));
    var shared = new Carrier.Shared();

    assertThat(grant(claims(token(shared, server(key, grants), List.of(), NOW))))
        .isEqualTo("{\"subdomains\":[\"a-*\",\"b-*\"],\"hostnames\":[],\"tcpPorts\":[]}");
    assertThat(grant(claims(token(shared, server(key, null), List.of(), NOW)))).isEqualTo("{}");
  }

  @Test
  void clocksThatDifferMakeNoTokenUseless() throws Exception {
    for (var at = NOW; at.isBefore(NOW.plus(Duration.ofHours(12))); at = at.plusSeconds(601)) {
      var claims = claims(token(SIDECAR, server(key, null), List.of(), at), at);
      assertThat(claims.getNotBefore().getValueInMillis())
          .as("a server that is five minutes behind takes it at once")
          .isLessThanOrEqualTo(at.minus(Duration.ofMinutes(5)).toEpochMilli());
      assertThat(claims.getExpirationTime().getValueInMillis())
          .as("a server that is a day ahead still takes it")
          .isGreaterThan(at.plus(Duration.ofDays(1)).toEpochMilli());
    }
  }

  @Test
  void tokenIsTheSameUntilItIsRenewedLongBeforeItEnds() throws Exception {
    var issued = Tokens.issue(SIDECAR, List.of(server(key, null)), List.of(), NOW);
    var last = issued.renewAt().minusSeconds(1);

    assertThat(token(SIDECAR, server(key, null), List.of(), last))
        .isEqualTo(issued.servers().getFirst().token());
    assertThat(token(SIDECAR, server(key, null), List.of(), issued.renewAt()))
        .isNotEqualTo(issued.servers().getFirst().token());
    assertThat(issued.renewAt()).isBetween(NOW, NOW.plus(Duration.ofHours(12)));
    assertThat(claims(issued.servers().getFirst().token()).getExpirationTime().getValueInMillis())
        .isEqualTo(issued.renewAt().plus(Duration.ofHours(36)).toEpochMilli());
  }

  @Test
  void serversWhoseClocksAreMinutesOffTakeATokenThatIsNew() throws Exception {
    var first = Tokens.issue(SIDECAR, List.of(server(key, null)), List.of(), NOW).renewAt();
    var token = token(SIDECAR, server(key, null), List.of(), first);

    assertThat(claims(token, first.minus(Duration.ofMinutes(4))).getSubject()).startsWith("ns:");
    assertThat(claims(token, first.plus(Duration.ofMinutes(4))).getSubject()).startsWith("ns:");
    assertThatThrownBy(() -> claims(token, first.minus(Duration.ofMinutes(6))))
        .isInstanceOf(InvalidJwtException.class);
  }

  @Test
  void anotherKeyMakesAnotherToken() throws JoseException {
    var other = OkpJwkGenerator.generateJwk("Ed25519");
    other.setKeyId("second");
    var second =
        SigningKey.parse(other.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE)).orElseThrow();

    assertThat(token(SIDECAR, server(second, null), List.of(), NOW))
        .isNotEqualTo(token(SIDECAR, server(key, null), List.of(), NOW));
  }

  @Test
  void serverWithoutSigningKeyGoesOnWithItsToken() {
    var server = new ServerConnection("main", "a:1", "example.com", null, "static");
    var issued = Tokens.issue(SIDECAR, List.of(server), List.of(), NOW);

    assertThat(issued.servers()).containsExactly(server);
    assertThat(issued.renewAt()).isEqualTo(Instant.MAX);
  }

  @Test
  void whatIsNoPrivateKeyIsRefused() {
    assertThat(SigningKey.parse("no json")).isEmpty();
    assertThat(SigningKey.parse("[]")).isEmpty();
    assertThat(SigningKey.parse(keys.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY))).isEmpty();
    assertThat(
            SigningKey.parse(
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k\",\"d\":\"c2hvcnQ\"}"))
        .isEmpty();
  }

  private static String token(
      Carrier carrier, ServerConnection server, List<Route> routes, Instant now) {
    var token = Tokens.issue(carrier, List.of(server), routes, now).servers().getFirst().token();
    assertThat(token).isNotNull();
    return token;
  }

  private static JwtClaims claims(String token) throws InvalidJwtException {
    return claims(token, NOW);
  }

  private static JwtClaims claims(String token, Instant at) throws InvalidJwtException {
    return new JwtConsumerBuilder()
        .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, "EdDSA")
        .setVerificationKey(keys.getPublicKey())
        .setExpectedAudience("pgrokd")
        .setRequireSubject()
        .setRequireExpirationTime()
        .setEvaluationTime(NumericDate.fromMilliseconds(at.toEpochMilli()))
        .build()
        .processToClaims(token);
  }

  private static String grant(JwtClaims claims) throws Exception {
    return new String(JSON.writeValueAsBytes(claims.getClaimValue("pgrok")), UTF_8);
  }

  private static ServerConnection server(SigningKey key, List<NamespaceGrant> grants) {
    return new ServerConnection(
        "main", "uid-1", "pgrokd:4443", "example.com", null, "static", key, grants);
  }

  private static TunnelConfig config(String subdomain, String hostname) {
    return new TunnelConfig(subdomain, hostname, Map.of("http", "svc:80"), null, null, "r");
  }
}
