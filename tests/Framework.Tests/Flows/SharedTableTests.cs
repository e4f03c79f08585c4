using System.Runtime.CompilerServices;
using Culvert.Endpoints.Flows;

namespace Framework.Tests.Flows;

/// <summary>The table against a dictionary, its bound, and its use by several threads.</summary>
public sealed class SharedTableTests
{
    [Fact]
    public void It_finds_what_was_written_until_it_expires()
    {
        var table = new SharedTable<Number, Entry>(4096);
        var model = new Dictionary<int, long>();
        var random = new Random(4);
        for (var now = 1L; now < 30_000; now++)
        {
            var key = new Number(random.Next(2000));
            using var set = table.Hold(key);
            ref var entry = ref set.Find(key, now);
            Assert.Equal(model.TryGetValue(key.Value, out var until) && until > now, !Unsafe.IsNullRef(ref entry));
            if (random.Next(3) == 0)
            {
                model[key.Value] = now + random.Next(5000);
                set.Claim(key, now, out var isEvicted) = new Entry { Key = key, Until = model[key.Value] };
                Assert.False(isEvicted);
            }
        }
    }

    [Fact]
    public void A_full_set_evicts_whom_the_entry_names()
    {
        var table = new SharedTable<Number, Entry>(SharedTable<Number, Entry>.Ways);
        for (var i = 0; i < 16; i++)
        {
            Assert.False(Write(table, i, until: 100 + i, now: 1));
        }

        Assert.True(Write(table, 16, until: 200, now: 1));
        Assert.False(IsKnown(table, 15, 1), "The last to expire makes room.");
        Assert.False(Write(table, 17, until: 200, now: 105));
        Assert.False(IsKnown(table, 0, 1), "The first to expire made room.");
    }

    [Fact]
    public void A_place_can_be_held_freed_and_used_again()
    {
        var table = new SharedTable<Number, Entry>(64);
        Write(table, 7, until: 100, now: 1);
        int place;
        using (var set = table.Hold(new Number(7)))
        {
            place = set.PlaceOf(ref set.Find(new Number(7), 1));
            Assert.True(set.Contains(place));
            Assert.False(table.TryHold(place, out _), "This thread holds it.");
        }

        Assert.True(table.TryHold(place, out var held));
        Assert.Equal(7, held.At(place, 1).Key.Value);
        Assert.True(Unsafe.IsNullRef(ref held.At(place, 100)));
        held.Free(place);
        held.Dispose();
        Assert.False(IsKnown(table, 7, 1));
        var seen = 0;
        table.Visit(1, _ => seen++);
        Assert.Equal(0, seen);
    }

    [Fact]
    public async Task Threads_may_write_at_once()
    {
        var table = new SharedTable<Number, Entry>(64);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                var key = new Number(i % 48);
                using var set = table.Hold(key);
                ref var entry = ref set.Claim(key, 1, out var _);
                entry = new Entry { Key = key, Until = 2, Count = entry.Has(key) ? entry.Count + 1 : 1 };
            }
        })));
        var sum = 0;
        table.Visit(1, entry => sum += entry.Count);
        Assert.True(sum is > 0 and <= 200_000);
    }

    private static bool Write(SharedTable<Number, Entry> table, int value, long until, long now)
    {
        using var set = table.Hold(new Number(value));
        set.Claim(new Number(value), now, out var isEvicted) = new Entry { Key = new Number(value), Until = until };
        return isEvicted;
    }

    private static bool IsKnown(SharedTable<Number, Entry> table, int value, long now)
    {
        using var set = table.Hold(new Number(value));
        return !Unsafe.IsNullRef(ref set.Find(new Number(value), now));
    }

    private readonly record struct Number(int Value) : ISharedKey
    {
        public ulong Hash(ReadOnlySpan<ulong> secrets) => ISharedKey.Mix((ulong)Value ^ secrets[0], secrets[1]);
    }

    private struct Entry : ISharedEntry<Number, Entry>
    {
        public Number Key;
        public long Until;
        public int Count;

        public readonly long Expires => Until;

        public readonly bool Has(in Number key) => Key == key;

        public static int ChooseVictim(ReadOnlySpan<Entry> set, in Number key, long now)
        {
            var last = 0;
            for (var i = 1; i < set.Length; i++)
            {
                last = set[i].Until > set[last].Until ? i : last;
            }

            return last;
        }
    }
}
