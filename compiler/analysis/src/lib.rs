//! Names, types and static checks: from syntax trees to checked rules.
