namespace Culvert.Filtering;

/// <summary>One comparison, and where to continue: an index, or <see cref="FilterProgram.Accept"/> or <see cref="FilterProgram.Reject"/>.</summary>
internal readonly record struct Instruction(uint Mask, uint Low, uint Span, int WhenTrue, int WhenFalse, Field Field);
