//! Events to tree: the only place that handles what the grammar does not see.
//!
//! White space goes before the node that begins after it, never into it, so that the range of a
//! node is the range of what was written.

use rowan::{GreenNode, GreenNodeBuilder, Language as _};

use crate::kind::{Quo, SyntaxKind};
use crate::lexer::Token;

/// One step of building a tree.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A node begins; `parent` is the later event of a node that begins here too, around it.
    Start {
        /// The kind of the node.
        kind: SyntaxKind,
        /// The place of the outer node's event.
        parent: Option<usize>,
    },
    /// The node that began last ends.
    Finish,
    /// The next token that the grammar sees.
    Token,
    /// A beginning that was told before.
    Told,
}

/// Builds the tree. Whatever the events, every token is in it, in order.
pub(crate) fn build(text: &str, tokens: &[Token], mut events: Vec<Event>) -> GreenNode {
    let mut sink = Sink {
        text,
        tokens,
        at: 0,
        builder: GreenNodeBuilder::new(),
        pending: Vec::new(),
        open: 0,
    };
    sink.builder
        .start_node(Quo::kind_to_raw(SyntaxKind::SOURCE_FILE));
    // The grammar's first and last events are those of the root.
    let inner = 1..events.len().saturating_sub(1);
    for index in inner {
        let event = events
            .get_mut(index)
            .map(|e| std::mem::replace(e, Event::Told));
        match event {
            Some(Event::Start { kind, parent }) => {
                let mut kinds = vec![kind];
                let mut next = parent;
                while let Some(Event::Start { kind, parent }) = next
                    .and_then(|at| events.get_mut(at))
                    .map(|e| std::mem::replace(e, Event::Told))
                {
                    kinds.push(kind);
                    next = parent;
                }
                sink.pending.extend(kinds.into_iter().rev());
            }
            Some(Event::Token) => sink.token(),
            Some(Event::Finish) => sink.finish(),
            Some(Event::Told) | None => {}
        }
    }
    sink.end()
}

struct Sink<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    builder: GreenNodeBuilder<'static>,
    /// Nodes that begin before the next token.
    pending: Vec<SyntaxKind>,
    open: usize,
}

impl Sink<'_> {
    fn token(&mut self) {
        self.trivia();
        self.begin_pending();
        self.take();
    }

    fn finish(&mut self) {
        // A node without tokens lies directly behind what was written before it.
        self.begin_pending();
        if self.open > 0 {
            self.builder.finish_node();
            self.open -= 1;
        }
    }

    fn end(mut self) -> GreenNode {
        self.begin_pending();
        while self.open > 0 {
            self.builder.finish_node();
            self.open -= 1;
        }
        while self.at < self.tokens.len() {
            self.take();
        }
        self.builder.finish_node();
        self.builder.finish()
    }

    fn begin_pending(&mut self) {
        for kind in std::mem::take(&mut self.pending) {
            self.builder.start_node(Quo::kind_to_raw(kind));
            self.open += 1;
        }
    }

    fn trivia(&mut self) {
        while self.tokens.get(self.at).is_some_and(|t| t.kind.is_trivia()) {
            self.take();
        }
    }

    fn take(&mut self) {
        let Some(token) = self.tokens.get(self.at) else {
            return;
        };
        let range = token.range.start as usize..token.range.end as usize;
        let text = self.text.get(range).unwrap_or("");
        self.builder.token(Quo::kind_to_raw(token.kind), text);
        self.at += 1;
    }
}
