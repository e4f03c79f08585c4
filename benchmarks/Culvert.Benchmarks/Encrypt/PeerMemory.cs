using System.Globalization;
using System.Net;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Testing;

namespace Culvert.Benchmarks.Encrypt;

/// <summary>The managed memory of peers that do nothing: <c>dotnet run -c Release --project benchmarks/Culvert.Benchmarks -- peer-memory</c>.</summary>
internal static class PeerMemory
{
    private const int Peers = 10_000;

    public static void Run(TextWriter output)
    {
        var peers = new PeerOptions[Peers];
        for (var i = 0; i < Peers; i++)
        {
            using var key = X25519Key.Generate();
            peers[i] = new PeerOptions
            {
                PublicKey = new PublicKey(key.PublicKey),
                AllowedIps = [new IPNetwork(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24)],
            };
        }

        using var context = new TestStageContext();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var stage = new EncryptStage(
            new EncryptOptions { PrivateKey = InlineKey.FromBytes(new byte[KeyText.KeySize]), Peers = peers }, context);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(after - before) / Peers} bytes for each of {Peers} idle peers"));
    }
}
