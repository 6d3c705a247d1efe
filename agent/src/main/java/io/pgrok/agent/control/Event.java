package io.pgrok.agent.control;

import io.pgrok.agent.config.SessionSpec;
import io.pgrok.protocol.message.Message;
import org.jspecify.annotations.Nullable;

/** What a session's mailbox holds. */
sealed interface Event {

  /** A message on a control connection, maybe one that was given up since. */
  record Received(ControlConnection from, Message message) implements Event {}

  /**
   * A control connection ended.
   *
   * @param cause null when the server closed it
   */
  record Lost(ControlConnection connection, @Nullable Throwable cause) implements Event {}

  /** There is a new version of the configuration file. */
  record Configured(SessionSpec spec) implements Event {}

  /** The newest version of the file cannot be used, or (null) can be used again. */
  record Misconfigured(@Nullable String error) implements Event {}

  /** Finish what is under way and end. */
  record Stop() implements Event {}
}
