using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A tunnel that nobody can be at the other end of.</summary>
internal sealed class NoPeersCheck() : FileCheck("no-peers", DiagnosticCodes.NoPeers)
{
    protected override IEnumerable<Finding> Find(SiteFile file) => file.KnowsPeers && file.Peers.Count == 0
        ? [new Finding("encrypt has no peers, and nothing can add one", "list the other end under 'peers', or write 'uapi: true' to let 'wg set' add peers").At(file.EncryptPosition)]
        : [];
}
