package io.pgrok.agent.fake;

import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.MessageJson;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Frames on blocking streams. */
final class Wire {

  private Wire() {}

  static Message read(InputStream in) throws IOException {
    byte[] head = new byte[Long.BYTES];
    new DataInputStream(in).readFully(head);
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    byte[] json = in.readNBytes((int) length);
    if (json.length < length) {
      throw new EOFException();
    }
    try {
      return MessageJson.read(json);
    } catch (MalformedMessageException e) {
      throw new IOException(e);
    }
  }

  static byte[] json(Message message) {
    return MessageJson.write(message);
  }

  static byte[] frame(Message message) {
    byte[] json = json(message);
    return ByteBuffer.allocate(Long.BYTES + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
