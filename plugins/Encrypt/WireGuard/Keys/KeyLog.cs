using System.Buffers.Text;
using System.Text;

namespace Culvert.Plugins.Encrypt.WireGuard.Keys;

/// <summary>
/// Reports keys to those who capture and decrypt, as lines of Wireshark's key log for WireGuard: the one way by which a key leaves this program.
/// It keeps none. Thread-safe.
/// </summary>
internal sealed class KeyLog
{
    private const int TextLength = 44;
    private static readonly Lock _gate = new();
    private volatile Action<byte[]>[] _listeners = [];

    /// <summary>Whether anybody listens.</summary>
    public bool IsOn => _listeners.Length > 0;

    /// <summary>Adds a listener.</summary>
    /// <param name="listener">Takes lines, and wipes them; must not block.</param>
    /// <returns>Removes it when disposed.</returns>
    public IDisposable Add(Action<byte[]> listener)
    {
        lock (_gate)
        {
            _listeners = [.. _listeners, listener];
        }

        return new Listening(this, listener);
    }

    /// <summary>This end's static key, as lines.</summary>
    public static byte[] Describe(X25519Key identity)
    {
        using var key = identity.ExportPrivate();
        return Line("LOCAL_STATIC_PRIVATE_KEY", key.Span);
    }

    /// <summary>Reports this end's static key.</summary>
    public void ReportIdentity(X25519Key identity)
    {
        foreach (var listener in _listeners)
        {
            listener(Describe(identity));
        }
    }

    /// <summary>Reports what one handshake takes, before its message leaves.</summary>
    /// <param name="remoteStatic">The peer's public key.</param>
    /// <param name="ephemeral">This end's ephemeral key.</param>
    /// <param name="presharedKey">The preshared key; zeros for none.</param>
    public void ReportHandshake(ReadOnlySpan<byte> remoteStatic, X25519Key ephemeral, ReadOnlySpan<byte> presharedKey)
    {
        foreach (var listener in _listeners)
        {
            using var key = ephemeral.ExportPrivate();
            byte[][] lines =
            [
                Line("REMOTE_STATIC_PUBLIC_KEY", remoteStatic), Line("LOCAL_EPHEMERAL_PRIVATE_KEY", key.Span),
                // Wireshark takes it for that of the ephemeral key before it.
                presharedKey.ContainsAnyExcept((byte)0) ? Line("PRESHARED_KEY", presharedKey) : [],
            ];
            listener([.. lines.SelectMany(line => line)]);
            Array.ForEach(lines, line => Secrets.Wipe(line));
        }
    }

    // Not as a string, which could not be wiped.
    private static byte[] Line(string name, ReadOnlySpan<byte> key)
    {
        var line = new byte[name.Length + 3 + TextLength + 1];
        Encoding.ASCII.GetBytes($"{name} = ", line);
        Base64.EncodeToUtf8(key, line.AsSpan(name.Length + 3), out _, out _);
        line[^1] = (byte)'\n';
        return line;
    }

    private sealed class Listening(KeyLog log, Action<byte[]> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (_gate)
            {
                log._listeners = [.. log._listeners.Where(one => one != listener)];
            }
        }
    }
}
