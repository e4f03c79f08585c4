using Culvert.Engine.Diagnostics;
using Culvert.Engine.Planning;
using VerifyXunit;

namespace Engine.Tests.Planning;

/// <summary>Lists of stages that fit, and the words for those that do not.</summary>
public sealed class OrderCheckTests
{
    private static readonly string[] Wrong =
    [
        "",
        "tun clamp encrypt",
        "clamp encrypt udp",
        "clamp",
        "tun tun2 encrypt udp",
        "tun encrypt udp udp2",
        "clamp tun encrypt udp",
        "tun encrypt udp clamp",
        "udp encrypt tun",
        "tun encrypt clamp udp",
        "tun encrypt clamp guard udp",
        "tun encrypt plaintext udp",
        "tun udp",
        "tun clamp udp",
        "tun pace encrypt udp",
        "tap encrypt udp",
        "tap bridge clamp pace encrypt udp",
        "tun encrypt clamp tun2 udp",
        "tun encrypt raw",
    ];

    [Theory]
    [InlineData("tun plaintext udp")]
    [InlineData("tun clamp encrypt udp")]
    [InlineData("tun clamp guard encrypt pace udp")]
    [InlineData("tap bridge clamp encrypt udp")]
    [InlineData("tun raw")]
    public void What_fits_is_not_complained_about(string stages) => Assert.Empty(OrderCheck.Check(Shapes.Place(stages)));

    [Fact]
    public async Task What_does_not_fit_is_explained_with_both_lines_and_the_move()
    {
        List<string> text = [];
        foreach (var stages in Wrong)
        {
            var found = OrderCheck.Check(Shapes.Place(stages), new SourcePosition("pipeline.yaml", 1, 1));
            Assert.NotEmpty(found);
            text.Add($"{(stages.Length == 0 ? "(nothing)" : stages)}\n{string.Join("", found.Select(diagnostic => $"    {diagnostic}\n"))}");
        }

        await Verifier.Verify(string.Join("\n", text));
    }

    [Fact]
    public void Every_move_that_is_proposed_helps()
    {
        // Random lists between two ends: as long as a move is proposed, making it must lead to fewer complaints in the end.
        var random = new Random(7);
        string[] middle = ["clamp", "guard", "pace", "encrypt"];
        for (var round = 0; round < 500; round++)
        {
            random.Shuffle(middle);
            List<PlacedShape> stages = [.. Shapes.Place("tun " + string.Join(' ', middle) + " udp")];
            for (var moves = 0; moves < 10 && OrderCheck.Check(stages) is [var first, ..]; moves++)
            {
                Move(stages, first.Remedy, directlyBelow: round % 2 == 0);
            }

            Assert.Empty(OrderCheck.Check(stages));
        }
    }

    // "move 'a' between 'b' and 'c'": anywhere between them, and never where the stage is already.
    private static void Move(List<PlacedShape> stages, string remedy, bool directlyBelow)
    {
        var words = remedy.Split('\'');
        Assert.Equal(("move ", " between ", " and "), (words[0], words[2], words[4]));
        int PlaceOf(string id) => stages.FindIndex(stage => stage.Id == id);
        Assert.False(PlaceOf(words[3]) < PlaceOf(words[1]) && PlaceOf(words[1]) < PlaceOf(words[5]), $"{remedy}: it is there");
        var moved = stages[PlaceOf(words[1])];
        stages.Remove(moved);
        stages.Insert(directlyBelow ? PlaceOf(words[3]) + 1 : PlaceOf(words[5]), moved);
    }
}
