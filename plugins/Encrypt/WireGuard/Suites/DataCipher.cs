namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>How the data path makes cipher objects: by the suite's implementation that was chosen at start, one for each user.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Factory">The implementation.</param>
/// <param name="IsThreadSafe">True when its objects may be shared.</param>
/// <param name="Lanes">How many lanes there are.</param>
internal sealed record DataCipher(CipherSuite Suite, AeadFactory Factory, bool IsThreadSafe, int Lanes)
{
    /// <summary>The slot of the service thread; lanes have the slots before it.</summary>
    public int ServiceSlot => Lanes;

    /// <summary>How many cipher objects one key needs at most.</summary>
    public int Slots => IsThreadSafe ? 1 : Lanes + 1;

    /// <summary>Which object a user takes.</summary>
    public int SlotOf(int user) => IsThreadSafe ? 0 : user;

    /// <summary>Makes a cipher of Noise's 32 key bytes.</summary>
    public Aead Create(ReadOnlySpan<byte> noiseKey) => Factory(noiseKey[..Suite.KeySize]);
}
