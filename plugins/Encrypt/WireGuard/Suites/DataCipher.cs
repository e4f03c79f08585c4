namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>How the data path creates cipher objects: by the implementation that was chosen at start, one object for each user.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Library">The library that seals and opens packets.</param>
/// <param name="Factory">The implementation.</param>
/// <param name="Lanes">How many lanes there are.</param>
internal sealed record DataCipher(CipherSuite Suite, CipherLibrary Library, AeadFactory Factory, int Lanes)
{
    /// <summary>The slot of the service thread; lanes have the slots before it.</summary>
    public int ServiceSlot => Lanes;

    /// <summary>How many cipher objects one key needs at most.</summary>
    public int Slots => Lanes + 1;

    /// <summary>Creates a cipher from Noise's 32 key bytes.</summary>
    public Aead Create(ReadOnlySpan<byte> noiseKey) => Factory(noiseKey[..Suite.KeySize]);
}
