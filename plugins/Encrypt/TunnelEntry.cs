using System.Collections.Frozen;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt;

/// <summary>The entry's state: its tunnel, which outlives a reload, and the peers that the file has.</summary>
/// <param name="tunnel">The tunnel, which is disposed with this.</param>
internal sealed class TunnelEntry(Tunnel tunnel) : IDisposable
{
    private volatile FrozenSet<PublicKey> _filePeers = [];

    public Tunnel Tunnel => tunnel;

    /// <summary>The peers that the file has; 'wg set' may have added others. Any thread.</summary>
    public FrozenSet<PublicKey> FilePeers
    {
        get => _filePeers;
        set => _filePeers = value;
    }

    /// <inheritdoc/>
    public void Dispose() => tunnel.Dispose();
}
