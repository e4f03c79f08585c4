using System.Text;
using Culvert.Options;

namespace Culvert.Plugins.Transport.Tcp;

/// <summary>The text of a CONNECT request and its response (RFC 9110 section 9.3.6). Pure.</summary>
internal static class ProxyTunnel
{
    /// <summary>The longest header of a response, in bytes. A longer one is refused.</summary>
    public const int MaxResponse = 8192;

    /// <summary>Returns the request for a tunnel to a host.</summary>
    public static byte[] Request(HostEndpoint target) => Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");

    /// <summary>Reads what the proxy has sent so far.</summary>
    /// <param name="received">All bytes since the request.</param>
    /// <param name="length">The length of the header; what follows belongs to the tunnel.</param>
    /// <param name="error">Why there is no tunnel; null where there is one, or the header is not complete.</param>
    /// <returns>Whether the header is complete or wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> received, out int length, out string? error)
    {
        (length, error) = (0, null);
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            error = received.Length >= MaxResponse ? $"its response has no end within {MaxResponse} bytes" : null;
            return error is not null;
        }

        length = end + 4;
        var line = received[..received.IndexOf("\r\n"u8)];
        if (!IsStatusLine(line))
        {
            error = "it does not speak HTTP/1.1";
        }
        else if (line[9] != (byte)'2')
        {
            error = $"it answered {Encoding.ASCII.GetString(line.Slice(9, 3))}";
        }

        return true;
    }

    // HTTP/1.x SP 3DIGIT (RFC 9112 section 4).
    private static bool IsStatusLine(ReadOnlySpan<byte> line) =>
        line.Length >= 12 && line.StartsWith("HTTP/1."u8) && line[8] == (byte)' ' && !line.Slice(9, 3).ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
