namespace Culvert.Endpoints.Flows;

/// <summary>The key of a <see cref="SharedTable{TKey, TEntry}"/>: what an entry is found by.</summary>
public interface ISharedKey
{
    /// <summary>The most secret words that <see cref="Hash"/> may use.</summary>
    const int Secrets = 5;

    /// <summary>Hashes the key with secrets, so that nobody can choose keys that collide. All 64 bits of the result count.</summary>
    /// <param name="secrets"><see cref="Secrets"/> random words, the same for every key of a table.</param>
    ulong Hash(ReadOnlySpan<ulong> secrets);

    /// <summary>Mixes two words, each with a secret in it, for <see cref="Hash"/>: the halves of their product, combined.</summary>
    /// <param name="left">A word.</param>
    /// <param name="right">Another word.</param>
    static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
