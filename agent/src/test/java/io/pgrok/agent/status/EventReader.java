package io.pgrok.agent.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.protocol.agent.AgentStatus;
import java.util.Queue;
import java.util.concurrent.Flow;

/** Reads server-sent events. */
record EventReader(Queue<AgentStatus> events) implements Flow.Subscriber<String> {

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(String line) {
    if (line.startsWith("data: ")) {
      try {
        events.add(new ObjectMapper().readValue(line.substring(6), AgentStatus.class));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onComplete() {}
}
