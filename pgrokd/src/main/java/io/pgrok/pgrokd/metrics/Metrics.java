package io.pgrok.pgrokd.metrics;

import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.tunnel.NoStreamException;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All counters of one server. Any thread. */
public final class Metrics {

  /** Where an agent or a visitor failed at TLS. */
  public enum Port {
    TUNNEL,
    WEB
  }

  /** Why an agent was not admitted. */
  public enum AgentRefusal {
    /** No token, a wrong one, or one whose time is over. */
    TOKEN,
    /** A protocol version that is not spoken here. */
    VERSION,
    /** The classic protocol is switched off. */
    CLASSIC,
    /** Too many sessions of its token. */
    SESSIONS,
    /** Too many connections of its address that have not said what they are. */
    CONNECTIONS
  }

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final String OTHER = "other";
  private static final int CODE_CLASSES = 6;

  private static final double[] SECONDS = {
    .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PerValue<Protocol, ByProtocol> byProtocol;
  private final PerValue<Rejection, CounterDataPoint> rejections;
  private final PerValue<Port, CounterDataPoint> handshakes;
  private final PerValue<AgentRefusal, CounterDataPoint> agentsRefused;
  private final PerValue<NoStreamException.Reason, CounterDataPoint> streamsFailed;
  private final Map<String, CounterDataPoint[]> requests = new HashMap<>();
  private final CounterDataPoint[] otherRequests;
  private final Histogram streamWait;
  private final Counter sessionsStarted;
  private final Counter sessionsEnded;
  private final Counter tunnelsRefused;

  /** What is counted for each protocol; looked up once for each connection and request. */
  private record ByProtocol(
      CounterDataPoint connections,
      CounterDataPoint received,
      CounterDataPoint sent,
      DistributionDataPoint duration) {}

  /**
   * @param version of this program
   */
  public Metrics(String version) {
    Info.builder()
        .name("pgrokd_build_info")
        .help("Version of this server.")
        .labelNames("version")
        .register(registry)
        .setLabelValues(version);
    Counter connections =
        counter("pgrokd_connections", "Connections of visitors that were accepted.", "protocol");
    Counter received =
        counter(
            "pgrokd_received_bytes",
            "Bytes of bodies and raw connections from visitors.",
            "protocol");
    Counter sent =
        counter(
            "pgrokd_sent_bytes", "Bytes of bodies and raw connections to visitors.", "protocol");
    Histogram duration =
        histogram(
            "pgrokd_request_duration_seconds",
            "From a request's head to the end of its answer; raw connections from begin to end.",
            "protocol");
    byProtocol =
        PerValue.of(
            Protocol.class,
            protocol -> {
              String name = protocol.wireName();
              return new ByProtocol(
                  connections.labelValues(name),
                  received.labelValues(name),
                  sent.labelValues(name),
                  duration.labelValues(name));
            });
    Counter requestCounter =
        counter("pgrokd_requests", "Requests that were answered.", "method", "code");
    for (String method : METHODS) {
      requests.put(method, codes(requestCounter, method));
    }
    otherRequests = codes(requestCounter, OTHER);
    Counter rejected =
        counter("pgrokd_rejections", "Visitors that got to no private service.", "reason");
    rejections = PerValue.of(Rejection.class, reason -> rejected.labelValues(reason.label()));
    Counter failed =
        counter("pgrokd_tls_handshake_failures", "TLS handshakes that failed.", "port");
    handshakes = PerValue.of(Port.class, port -> failed.labelValues(label(port)));
    streamWait =
        histogram(
            "pgrokd_stream_wait_seconds",
            "From a visitor's wish to a stream to its agent: the wait for a pooled connection.");
    Counter noStream =
        counter("pgrokd_streams_failed", "Visitors for whom no agent opened a stream.", "reason");
    streamsFailed =
        PerValue.of(NoStreamException.Reason.class, reason -> noStream.labelValues(label(reason)));
    Counter refused = counter("pgrokd_agents_refused", "Agents that were not admitted.", "reason");
    agentsRefused = PerValue.of(AgentRefusal.class, reason -> refused.labelValues(label(reason)));
    sessionsStarted = counter("pgrokd_sessions_started", "Sessions of agents that began.");
    sessionsEnded = counter("pgrokd_sessions_ended", "Sessions of agents that ended.", "reason");
    tunnelsRefused = counter("pgrokd_tunnels_refused", "Tunnels that an agent asked for in vain.");
    ProcessMetrics.register(registry);
  }

  private static CounterDataPoint[] codes(Counter counter, String method) {
    CounterDataPoint[] points = new CounterDataPoint[CODE_CLASSES];
    points[0] = counter.labelValues(method, "none");
    for (int i = 1; i < CODE_CLASSES; i++) {
      points[i] = counter.labelValues(method, i + "xx");
    }
    return points;
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private Histogram histogram(String name, String help, String... labels) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .unit(Unit.SECONDS)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .withoutExemplars()
        .register(registry);
  }

  /** A number that is asked for when somebody reads the metrics. */
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }

  /** The same for each protocol. */
  public void gaugeByProtocol(String name, String help, ToDoubleFunction<Protocol> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("protocol")
        .callback(point -> {
          for (Protocol protocol : Protocol.values()) {
            point.call(value.applyAsDouble(protocol), protocol.wireName());
          }
        })
        .register(registry);
  }

  /** A count that somebody else keeps. */
  public void count(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }

  public void connection(Protocol protocol) {
    of(protocol).connections.inc();
  }

  public void received(Protocol protocol, long bytes) {
    of(protocol).received.inc(bytes);
  }

  public void sent(Protocol protocol, long bytes) {
    of(protocol).sent.inc(bytes);
  }

  /**
   * A request or a raw connection is over.
   *
   * @param method as the visitor wrote it; empty for TCP, which counts among no requests
   * @param status 0 for no answer
   */
  public void ended(Protocol protocol, String method, int status, long nanos) {
    of(protocol).duration.observe(nanos * 1e-9);
    if (!method.isEmpty()) {
      CounterDataPoint[] codes = requests.getOrDefault(method, otherRequests);
      int codeClass = status < 100 || status > 599 ? 0 : status / 100;
      codes[codeClass].inc();
    }
  }

  public void rejected(Rejection reason) {
    rejections.get(reason).inc();
  }

  public void handshakeFailed(Port port) {
    handshakes.get(port).inc();
  }

  /**
   * A visitor wanted a stream.
   *
   * @param failure null when it got one
   */
  public void streamAttempted(long nanos, @Nullable Throwable failure) {
    streamWait.observe(nanos * 1e-9);
    if (failure != null) {
      NoStreamException.Reason reason =
          failure instanceof NoStreamException known
              ? known.reason()
              : NoStreamException.Reason.GONE;
      streamsFailed.get(reason).inc();
    }
  }

  public void agentRefused(AgentRefusal reason) {
    agentsRefused.get(reason).inc();
  }

  public void sessionStarted() {
    sessionsStarted.inc();
  }

  /**
   * @param reason one of a fixed few
   */
  public void sessionEnded(Enum<?> reason) {
    sessionsEnded.labelValues(label(reason)).inc();
  }

  public void tunnelRefused() {
    tunnelsRefused.inc();
  }

  /** For the admin port. */
  public PrometheusRegistry registry() {
    return registry;
  }

  private ByProtocol of(Protocol protocol) {
    return byProtocol.get(protocol);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
