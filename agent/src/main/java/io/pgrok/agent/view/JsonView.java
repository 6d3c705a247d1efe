package io.pgrok.agent.view;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.agent.status.StatusJson;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The whole status as one line of JSON, at once and after each change. */
final class JsonView implements View {

  private final StatusBoard board;
  private final PrintStream out;
  private final StatusBoard.Subscription subscription;
  private String told = "";

  JsonView(StatusBoard board, List<String> notices, PrintStream out) {
    this.board = board;
    this.out = out;
    notices.forEach(
        notice -> out.println(new ObjectMapper().valueToTree(Map.of("notice", notice))));
    this.subscription = board.onChange(this::show);
    show();
  }

  private synchronized void show() {
    String status = StatusJson.write(board.current());
    if (!status.equals(told)) {
      told = status;
      out.println(status);
      out.flush();
    }
  }

  @Override
  public void close() {
    subscription.close();
  }
}
