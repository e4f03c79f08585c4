using Culvert.Plugins.Encrypt.WireGuard.Keys;
using NSec.Cryptography;

namespace Encrypt.Tests.Laws;

/// <summary>X25519 against NSec; the vectors of the handshake hold it to published values.</summary>
public sealed class X25519Tests
{
    [Fact]
    public void Any_two_keys_agree_as_in_NSec()
    {
        for (var i = 0; i < 50; i++)
        {
            using var ours = X25519Key.Generate();
            using var theirs = X25519Key.Generate();
            using var exported = ours.ExportPrivate();
            using var key = Key.Import(KeyAgreementAlgorithm.X25519, exported.Span, KeyBlobFormat.RawPrivateKey);
            var peer = NSec.Cryptography.PublicKey.Import(KeyAgreementAlgorithm.X25519, theirs.PublicKey, KeyBlobFormat.RawPublicKey);
            var parameters = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
            using var expected = KeyAgreementAlgorithm.X25519.Agree(key, peer, parameters);
            var shared = new byte[X25519Key.Size];
            var back = new byte[X25519Key.Size];

            Assert.True(ours.TryAgree(theirs.PublicKey, shared));
            Assert.True(theirs.TryAgree(ours.PublicKey, back));
            Assert.Equal(key.PublicKey.Export(KeyBlobFormat.RawPublicKey), ours.PublicKey);
            Assert.Equal(expected!.Export(SharedSecretBlobFormat.RawSharedSecret), shared);
            Assert.Equal(shared, back);
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_point_of_low_order_is_refused(string point)
    {
        using var key = X25519Key.Generate();

        Assert.False(key.TryAgree(Convert.FromHexString(point), new byte[X25519Key.Size]));
    }
}
