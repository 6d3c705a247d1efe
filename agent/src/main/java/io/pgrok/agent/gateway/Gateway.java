package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.pgrok.agent.config.Destination;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Upstream;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Confined;
import io.pgrok.protocol.relay.Relay;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's stream and the exchanges on it.
 *
 * <pre>
 *          request head            connected                    101
 *   IDLE ────────────────▶ DIALLING ─────────▶ EXCHANGING ─────────────▶ joined raw: not ours any more
 *    ▲                                             │
 *    └───────────────── both complete ─────────────┘      anything wrong ─▶ ENDED
 * </pre>
 */
public final class Gateway implements ByteStream.Listener, ServiceHandler.Listener {

  private static final byte[] BAD_REQUEST =
      """
      HTTP/1.1 400 Bad Request\r
      Content-Type: text/plain\r
      Content-Length: 35\r
      Connection: close\r
      \r
      The request is not valid HTTP/1.1.
      """
          .getBytes(US_ASCII);

  private enum State {
    IDLE,
    DIALLING,
    EXCHANGING,
    ENDED
  }

  private final ByteStream visitor;
  private final Function<String, Destination> destinations;
  private final Upstream upstream;
  private final Unreachable unreachable;
  private final Backends backends;
  private final RequestDecoder requests = new RequestDecoder();
  private final ResponseEncoder responses;
  private State state = State.IDLE;
  private @Nullable Exchange exchange;
  private boolean visitorFinished;

  private Gateway(
      ByteStream visitor,
      Function<String, Destination> destinations,
      Upstream upstream,
      Backends backends,
      Unreachable unreachable) {
    this.visitor = visitor;
    this.destinations = destinations;
    this.upstream = upstream;
    this.backends = backends;
    this.unreachable = unreachable;
    this.responses = new ResponseEncoder(visitor);
  }

  /** What a visitor gets when there is no answer of the private service. */
  public interface Unreachable {
    /**
     * @param service that does not answer
     * @param asked whether the private service may have got the request: then nobody else may be
     *     asked in its place
     * @return a whole response that closes the connection
     */
    ByteBuf answer(PrivateAddress service, Throwable cause, boolean asked);
  }

  /**
   * Takes a visitor's stream over.
   *
   * @param loop where everything of this visitor happens
   * @param destinations where a request goes, by its target
   * @param dial opens a private connection on that loop
   */
  public static void serve(
      ByteStream visitor,
      EventLoop loop,
      Function<String, Destination> destinations,
      Upstream upstream,
      Function<PrivateAddress, Future<Channel>> dial,
      Unreachable unreachable) {
    Gateway gateway =
        new Gateway(visitor, destinations, upstream, new Backends(loop, dial), unreachable);
    visitor.listen(new Confined(loop, gateway));
    visitor.read();
  }

  @Override
  public void bytes(ByteBuf bytes) {
    if (state == State.ENDED) {
      bytes.release();
    } else {
      requests.feed(bytes);
    }
  }

  @Override
  public void readComplete() {
    pump();
  }

  @Override
  public void writable() {
    if (exchange != null && exchange.service != null) {
      exchange.service.read();
    }
  }

  @Override
  public void end(End end) {
    if (end == End.BROKEN) {
      abort();
    } else {
      visitorFinished = true;
      pump();
    }
  }

  /** Passes on what came of a request, as far as the private service takes it. */
  private void pump() {
    while (takesRequest()) {
      HttpObject part = requests.next();
      if (part != null) {
        take(part);
      } else if (!visitorFinished) {
        visitor.read();
        break;
      } else if (state == State.IDLE) {
        end();
      } else {
        abort();
      }
    }
    if (exchange != null && exchange.service != null) {
      exchange.service.flush();
    }
  }

  private boolean takesRequest() {
    return switch (state) {
      case IDLE -> true;
      case EXCHANGING -> {
        Exchange running = Objects.requireNonNull(exchange);
        yield !running.requestDone && running.service != null && running.service.isWritable();
      }
      case DIALLING, ENDED -> false;
    };
  }

  private void take(HttpObject part) {
    if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      if (exchange != null && exchange.answered) {
        abort();
      } else {
        refuse(Unpooled.wrappedBuffer(BAD_REQUEST));
      }
    } else if (part instanceof HttpRequest request) {
      begin(request);
    } else if (exchange != null && exchange.service != null) {
      exchange.requestDone = part instanceof LastHttpContent;
      exchange.service.write(part);
    } else {
      ReferenceCountUtil.release(part);
    }
  }

  private void begin(HttpRequest request) {
    switch (destinations.apply(request.uri())) {
      case Destination.Refusal(int status) -> refuse(Responses.refusal(status));
      case Destination.Private(PrivateAddress address) -> {
        exchange = new Exchange(request, backends.at(address), new ServiceHandler(this));
        responses.answersHead(exchange.isHead());
        dial(exchange);
      }
    }
  }

  private void dial(Exchange wanted) {
    state = State.DIALLING;
    wanted
        .backend
        .service()
        .open(wanted.handler)
        .addListener((Future<Service.Opened> opened) -> {
          if (opened.isSuccess()) {
            connected(wanted, Objects.requireNonNull(opened.getNow()));
          } else if (state != State.ENDED) {
            refuse(
                unreachable.answer(wanted.backend.address(), opened.cause(), wanted.requestDone));
          }
        });
  }

  private void connected(Exchange wanted, Service.Opened opened) {
    if (state == State.ENDED) {
      opened.channel().close();
      return;
    }
    wanted.service = opened.channel();
    wanted.reused = opened.reused();
    state = State.EXCHANGING;
    HttpRequest head = wanted.head();
    HeaderRules.toService(head.headers(), upstream, wanted.backend.address(), wanted.upgrade);
    opened.channel().write(head);
    if (wanted.requestDone) {
      // Sent again: it had no body.
      opened.channel().write(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    opened.channel().read();
    pump();
  }

  @Override
  public void response(HttpObject part) {
    Exchange running = exchange;
    if (running == null || state != State.EXCHANGING) {
      ReferenceCountUtil.release(part);
      return;
    }
    if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      lost(running, part.decoderResult().cause());
      return;
    }
    if (part instanceof HttpResponse response) {
      head(running, response);
    } else if (running.interim) {
      running.interim = !(part instanceof LastHttpContent);
      ReferenceCountUtil.release(part);
    } else if (part instanceof HttpContent) {
      boolean last = part instanceof LastHttpContent;
      responses.write(part);
      if (last) {
        done(running);
      }
    }
  }

  private void head(Exchange running, HttpResponse response) {
    HttpResponseStatus status = response.status();
    boolean whole = response instanceof LastHttpContent;
    if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      if (running.upgrade) {
        upgraded(running, response);
      } else {
        ReferenceCountUtil.release(response);
        lost(running, new IllegalStateException("an upgrade that nobody asked for"));
      }
    } else if (status.code() < 200) {
      running.interim = !whole && running.backend.address().speaks() != PrivateAddress.Speaks.H2C;
      if (!running.http10) {
        responses.write(Responses.interim(response));
        visitor.flush();
      }
      ReferenceCountUtil.release(response);
    } else {
      running.answered = true;
      HeaderRules.toVisitor(response.headers(), upstream);
      running.keepAlive &= !visitorFinished;
      for (HttpObject part : Responses.framed(response, running)) {
        responses.write(part);
      }
      if (whole) {
        done(running);
      }
    }
  }

  @Override
  public void responseDelivered() {
    visitor.flush();
    if (exchange != null && exchange.service != null && visitor.isWritable()) {
      exchange.service.read();
    }
  }

  @Override
  public void serviceWritable() {
    pump();
  }

  @Override
  public void serviceEnded() {
    if (exchange != null && state == State.EXCHANGING) {
      lost(exchange, new IllegalStateException("the private service closed the connection"));
    }
  }

  /** The private service answers no more. */
  private void lost(Exchange running, Throwable cause) {
    if (running.answered) {
      abort();
    } else if (running.reused && running.isRepeatable() && running.requestDone) {
      discard(running);
      Exchange again = new Exchange(running.request, running.backend, new ServiceHandler(this));
      again.requestDone = true;
      exchange = again;
      dial(again);
    } else {
      refuse(unreachable.answer(running.backend.address(), cause, true));
    }
  }

  private void done(Exchange running) {
    running.handler.leave();
    visitor.flush();
    if (running.service != null) {
      running.backend.service().done(running.service, running.requestDone);
    }
    exchange = null;
    if (running.keepAlive && running.requestDone && !visitorFinished) {
      state = State.IDLE;
      pump();
    } else {
      end();
    }
  }

  /** From here on the two ends speak a protocol of their own. */
  private void upgraded(Exchange running, HttpResponse response) {
    Channel channel = Objects.requireNonNull(running.service);
    Responses.keepUpgrade(response, upstream);
    responses.write(response);
    visitor.flush();
    exchange = null;
    state = State.ENDED;
    running.handler.leave();
    // The stream first, so that it gets the bytes that the codec leaves when it goes.
    ChannelStream raw = ChannelStream.over(channel);
    channel.pipeline().remove(running.handler);
    channel.pipeline().remove(Http1Service.CODEC);
    raw.write(requests.rest());
    raw.flush();
    responses.close();
    Relay.join(visitor, raw);
  }

  private void refuse(ByteBuf answer) {
    if (exchange != null) {
      discard(exchange);
    }
    visitor.write(answer);
    visitor.flush();
    end();
  }

  private void discard(Exchange running) {
    running.handler.leave();
    if (running.service != null) {
      running.backend.service().done(running.service, false);
    }
  }

  private void abort() {
    if (state == State.ENDED) {
      return;
    }
    visitor.abort();
    end();
  }

  private void end() {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    if (exchange != null) {
      discard(exchange);
      exchange = null;
    }
    backends.close();
    requests.close();
    responses.close();
    visitor.close();
  }
}
