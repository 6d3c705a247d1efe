package io.pgrok.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageJsonTest {

  @Test
  void classicMessagesCarryNoExtensionField() {
    assertThat(text(new Auth("2", "3.0", "", "", "linux", "amd64", "", List.of())))
        .doesNotContain("Ext");
    assertThat(text(new AuthResp("2", "3.0", "id", "", List.of(), "")))
        .doesNotContain("Ext")
        .doesNotContain("ProxyKey");
  }

  @Test
  void extensionsSurviveTheTrip() throws MalformedMessageException {
    Auth auth = new Auth("2", "3.0", "", "", "linux", "amd64", "", Extension.ALL);
    assertThat(MessageJson.read(MessageJson.write(auth))).isEqualTo(auth);
  }

  @Test
  void aVisitorsRulesSurviveTheTripAndAreLeftOutWhereThereAreNone()
      throws MalformedMessageException {
    ReqTunnel ruled =
        new ReqTunnel(
            "web",
            "1",
            "http",
            "",
            "web",
            "",
            0,
            new VisitorRules(List.of("10.0.0.0/8"), true, "a2V5"));
    assertThat(MessageJson.read(MessageJson.write(ruled))).isEqualTo(ruled);
    assertThat(text(new ReqTunnel("web", "1", "http", "", "web", "", 0))).doesNotContain("Rules");
  }

  @Test
  void aProbeIsToldAndAVisitIsToldAsInTheClassicProtocol() throws MalformedMessageException {
    Message.StartProxy probe = new Message.StartProxy("http://web.pgrok.me", "", true);
    assertThat(MessageJson.read(MessageJson.write(probe))).isEqualTo(probe);
    assertThat(text(new Message.StartProxy("http://web.pgrok.me", "192.0.2.1:1234")))
        .doesNotContain("Probe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://web.pgrok.me",
        "",
        "a\"b",
        "a\\b",
        "tab\there",
        "\u007f",
        "ü",
        "\"}}",
        "\",\"Probe\":true}}",
        "\",\"ClientAddr\":\""
      })
  void startProxyIsWrittenAndReadAsAnyMessage(String text) throws MalformedMessageException {
    for (boolean probe : new boolean[] {false, true}) {
      Message.StartProxy start = new Message.StartProxy(text, text, probe);
      byte[] json = MessageJson.write(start);
      assertThat(json).isEqualTo(MessageJson.writeTree(start));
      assertThat(MessageJson.read(json)).isEqualTo(start).isEqualTo(MessageJson.readTree(json));
    }
  }

  @Test
  void unknownFieldsOfNewerPeersAreIgnored() throws MalformedMessageException {
    assertThat(read("{\"Type\":\"Ping\",\"Payload\":{\"Later\":1},\"More\":2}"))
        .isEqualTo(new Message.Ping());
  }

  @Test
  void absentFieldsReadAsEmptyLikeInGo() throws MalformedMessageException {
    assertThat(
            read("{\"Type\":\"ReqTunnel\",\"Payload\":{\"Protocol\":\"tcp\",\"HttpAuth\":null}}"))
        .isEqualTo(new ReqTunnel("", "", "tcp", "", "", "", 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "nonsense                                                    | not valid JSON",
        "[]                                                          | unknown message type ''",
        "{\"Type\":\"Shutdown\",\"Payload\":{}}                      | unknown message type 'Shutdown'",
        "{\"Type\":\"Ping\"}                                         | Payload of Ping is not an object",
        "{\"Type\":\"Ping\",\"Payload\":7}                           | Payload of Ping is not an object",
        "{\"Type\":\"Auth\",\"Payload\":{\"User\":{\"a\":1}}}        | field of Auth",
        "{\"Type\":\"ReqTunnel\",\"Payload\":{\"RemotePort\":70000}} | field of ReqTunnel",
        "{\"Type\":\"ReqTunnel\",\"Payload\":{\"RemotePort\":-1}}    | field of ReqTunnel",
      })
  void whatIsNoMessageIsRefusedWithAReason(String json, String reason) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aHostileTypeIsNotRepeatedInFull() {
    assertThatThrownBy(() -> read("{\"Type\":\"" + "x\\n".repeat(5000) + "\",\"Payload\":{}}"))
        .hasMessageNotContaining("\n")
        .extracting(e -> e.getMessage().length())
        .satisfies(length -> assertThat((int) length).isLessThan(100));
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(
            () -> read("{\"Type\":\"Ping\",\"Payload\":" + "[".repeat(10_000) + "]".repeat(10_000)))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void secretsAreNotPrinted() {
    List<Message> secretive =
        List.of(
            new Auth("2", "3.0", "hush", "hush", "linux", "amd64", "", List.of()),
            new AuthResp("2", "3.0", "id", "", List.of(), "hush"),
            new ReqTunnel("web", "1", "http", "", "web", "user:hush", 0),
            new Message.RegProxy("id", "hush"),
            new ReqTunnel(
                "web", "1", "http", "", "web", "", 0, new VisitorRules(null, false, "hush")));
    assertThat(secretive).allSatisfy(m -> assertThat(m.toString()).doesNotContain("hush"));
  }

  private static String text(Message message) {
    return new String(MessageJson.write(message), StandardCharsets.UTF_8);
  }

  private static Message read(String json) throws MalformedMessageException {
    return MessageJson.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
