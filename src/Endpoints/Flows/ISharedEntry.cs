namespace Culvert.Endpoints.Flows;

/// <summary>An entry of a <see cref="SharedTable{TKey, TEntry}"/>, with its key in it.</summary>
/// <typeparam name="TKey">The key's type.</typeparam>
/// <typeparam name="TSelf">The entry's type itself.</typeparam>
public interface ISharedEntry<TKey, TSelf>
    where TKey : struct, ISharedKey
    where TSelf : struct, ISharedEntry<TKey, TSelf>
{
    /// <summary>The timestamp from which on the entry is unknown.</summary>
    long Expires { get; }

    /// <summary>Whether the entry is the one of a key.</summary>
    bool Has(in TKey key);

    /// <summary>
    /// Chooses which entry of a full set makes room for a new one; none of them has expired. This is where a table is made fair: what an
    /// attacker can create at no cost should go first.
    /// </summary>
    /// <param name="set">The set.</param>
    /// <param name="key">The new entry's key.</param>
    /// <param name="now">The time.</param>
    /// <returns>An index in <paramref name="set"/>, or −1 to refuse the new entry.</returns>
    static abstract int ChooseVictim(ReadOnlySpan<TSelf> set, in TKey key, long now);
}
