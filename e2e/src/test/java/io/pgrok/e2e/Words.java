package io.pgrok.e2e;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A gRPC service with a method of each kind, whose messages are texts. */
final class Words {

  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String text) {
          return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<String, String> ECHO = method(MethodType.UNARY, "Echo");
  static final MethodDescriptor<String, String> FAIL = method(MethodType.UNARY, "Fail");
  static final MethodDescriptor<String, String> NEVER = method(MethodType.UNARY, "Never");
  static final MethodDescriptor<String, String> COUNT =
      method(MethodType.SERVER_STREAMING, "Count");
  static final MethodDescriptor<String, String> JOIN = method(MethodType.CLIENT_STREAMING, "Join");
  static final MethodDescriptor<String, String> CHAT = method(MethodType.BIDI_STREAMING, "Chat");

  /** Comes with a failure. */
  static final Metadata.Key<String> REASON =
      Metadata.Key.of("x-reason", Metadata.ASCII_STRING_MARSHALLER);

  /** What callers of {@link #NEVER} have said. */
  final Set<String> asked = ConcurrentHashMap.newKeySet();

  /** The same, of those who have taken it back. */
  final Set<String> cancelled = ConcurrentHashMap.newKeySet();

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder("test.Words")
        .addMethod(ECHO, ServerCalls.asyncUnaryCall((word, out) -> answer(out, word)))
        .addMethod(FAIL, ServerCalls.asyncUnaryCall((word, out) -> out.onError(failure(word))))
        .addMethod(NEVER, ServerCalls.asyncUnaryCall(this::never))
        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(Words::count))
        .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(Joined::new))
        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Chat::new))
        .build();
  }

  private static void answer(StreamObserver<String> out, String word) {
    out.onNext(word);
    out.onCompleted();
  }

  private static Throwable failure(String word) {
    var trailers = new Metadata();
    trailers.put(REASON, word);
    return Status.FAILED_PRECONDITION
        .withDescription("not today: " + word)
        .asRuntimeException(trailers);
  }

  private void never(String word, StreamObserver<String> out) {
    ((ServerCallStreamObserver<String>) out).setOnCancelHandler(() -> cancelled.add(word));
    asked.add(word);
  }

  private static void count(String upTo, StreamObserver<String> out) {
    for (int i = 1; i <= Integer.parseInt(upTo); i++) {
      out.onNext(Integer.toString(i));
    }
    out.onCompleted();
  }

  /** Answers once, when the client has said all. */
  private static final class Joined implements StreamObserver<String> {
    private final StreamObserver<String> out;
    private final ArrayList<String> words = new ArrayList<>();

    Joined(StreamObserver<String> out) {
      this.out = out;
    }

    @Override
    public void onNext(String word) {
      words.add(word);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      answer(out, String.join(" ", words));
    }
  }

  /** Answers each message at once. */
  private record Chat(StreamObserver<String> out) implements StreamObserver<String> {

    @Override
    public void onNext(String word) {
      out.onNext("you said " + word);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      out.onCompleted();
    }
  }

  private static MethodDescriptor<String, String> method(MethodType type, String name) {
    return MethodDescriptor.newBuilder(TEXT, TEXT)
        .setType(type)
        .setFullMethodName("test.Words/" + name)
        .build();
  }
}
